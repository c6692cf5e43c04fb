"""Build the cheapest chapters twice, in two folders, and name each file that differs.

Of these chapters only the seconds that they ran are measured: the second folder runs them too,
must get the same outputs, and is then built with the seconds of the first.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Chapters that run for seconds and time nothing; what lists things of all; the rest is headings.
WHOLE = ("index", "introduction", "glossary", "colophon", "references")
# Cards of the first page show pictures of chapters that are headings here; this one is whole.
PICTURE, DRAWN = re.compile(r"(?<=:::\{thumbnail\} )[\w-]+"), "fig-timeline"
LINKED = re.compile(r"#+ |\([\w-]+\)=$")


def copy(folder: Path) -> None:
    """Copy what git tracks, most chapters without their text."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0")[:-1]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    for language in (folder / "book").glob("[!_]*/index.md"):
        for page in language.parent.rglob("*.md"):
            if page.relative_to(language.parent).with_suffix("").as_posix() not in WHOLE:
                page.write_text(headings(page.read_text(encoding="utf-8")), encoding="utf-8")
        first = language.read_text(encoding="utf-8")
        language.write_text(PICTURE.sub(DRAWN, first), encoding="utf-8")


def headings(text: str) -> str:
    """Return the front matter of a page and what other pages link to."""
    _, front, body = text.split("---\n", 2)
    blocks = body.split("```")  # what is fenced is every second
    lines = [line for block in blocks[::2] for line in block.splitlines() if LINKED.match(line)]
    return "\n".join([f"---\n{front}---", *lines, ""])


def build(folders: tuple[Path, ...], target: str) -> None:
    """Build one target of all copies, side by side and on the same day."""
    command = [sys.executable, "-P", "-m", "bookkit", "build", target]
    day = {"SOURCE_DATE_EPOCH": "1767225600"}
    running = [
        subprocess.Popen(
            command, cwd=folder, env=os.environ | day | {"PYTHONPATH": str(folder / "code")}
        )
        for folder in folders
    ]
    codes = [process.wait() for process in running]
    if any(codes):
        sys.exit(f"two builds: {target} failed (see above)")


def contents(folder: Path, pattern: str) -> dict[str, bytes]:
    """Return some of the files that were built, by path."""
    paths = [path for path in (folder / "_build").glob(pattern) if path.is_file()]
    assert paths, f"nothing was built: {folder}/_build/{pattern}"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def differing(first: Path, second: Path, pattern: str) -> list[str]:
    """Say which files of two builds are not the same in both."""
    one, other = contents(first, pattern), contents(second, pattern)
    paths = sorted(one.keys() | other.keys())
    return [f"{path} differs" for path in paths if one.get(path) != other.get(path)]


def main(base: Path) -> list[str]:
    """Return what differs."""
    first, second = base / "here", base / "elsewhere" / "deeper"
    for folder in (first, second):
        copy(folder)
    build((first, second), "notebooks")
    if problems := differing(first, second, "cache/*/executed/**/*.ipynb"):
        return problems
    shutil.rmtree(second / "_build")
    shutil.copytree(first / "_build" / "cache", second / "_build" / "cache")
    problems = []
    for target in ("html", "pdf", "epub"):
        build((first, second), target)
        problems += differing(first, second, f"{target}/**/*")
    return problems


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.exit("\n".join(main(Path(name))) or 0)
