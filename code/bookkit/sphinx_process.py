"""One language of the book in one process: every builder after the other, the pages read once."""

import sys

from sphinx.cmd.build import build_main

from bookkit.build import OUTPUTS
from bookkit.paths import BOOK, BUILD, ROOT


def main(language: str, builders: list[str]) -> int:
    """Run Sphinx for one language.

    Returns:
        0, or the exit code of the first builder that failed.
    """
    doctrees = BUILD / "sphinx" / language / "doctrees"
    for name in builders:
        builder, folder = OUTPUTS[name]
        arguments = ["-q", "-n", "-W", "--keep-going", "-b", builder, "-c", str(ROOT)]
        arguments += ["-d", str(doctrees), str(BOOK / language)]
        code = build_main([*arguments, str(ROOT / folder.format(language=language))])
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
