"""A page that has not run yet: its headings and labels, and a line that says so.

So a site can be built while pages are still to run, or when one page alone was asked for: links to
the others lead somewhere, and no number is shown that nobody computed.
"""

import re
from collections.abc import Iterator

FENCE = re.compile(r"(`{3,}|:{3,})(.*)")
HEADING = re.compile(r"#+ ")
LABEL = re.compile(r"\([\w-]+\)=$")
NAMED = re.compile(r":(?:name|label): ([\w-]+)$")


def stub(text: str, words: str) -> str:
    """Return a page without what its cells would tell.

    Args:
        text: the page, with its front matter.
        words: what it says below its title.
    """
    _, front, body = text.split("---\n", 2)
    kept = list(_kept(body.splitlines()))
    title = next((at for at, line in enumerate(kept) if HEADING.match(line)), -1) + 1
    lines = [*kept[:title], "", ":::{note}", words, ":::", "", *kept[title:]]
    front += 'mystnb: {execution_mode: "off"}\n'  # or MyST-NB would start a kernel for nothing
    return f"---\n{front}---\n" + "\n".join(lines) + "\n"


def _kept(lines: list[str]) -> Iterator[str]:
    """Yield headings, labels, those of figures as labels of a line, and lists of pages."""
    close, listing = "", False
    for line in lines:
        fence = FENCE.match(line)
        if fence and fence[1].startswith("`"):
            if not close:
                close, listing = fence[1], "{toctree}" in fence[2]
            elif line.strip() == close:
                if listing:
                    yield from (line, "")
                close, listing = "", False
                continue
        if listing:
            yield line
        elif named := NAMED.match(line):
            yield from (f"({named[1]})=", "…", "")
        elif not close and (HEADING.match(line) or LABEL.match(line)):
            yield from (line, "") if HEADING.match(line) else (line,)
