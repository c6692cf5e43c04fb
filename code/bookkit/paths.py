"""Where things are, relative to the project root."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "code"
BOOK = ROOT / "book"
RESULTS = BOOK / "results"
FORECASTS = CODE / "bookkit" / "sample" / "forecasts" / "book.json"
BUILD = ROOT / "_build"
SITE = BUILD / "html"


def pages(tree: Path) -> list[str]:
    """List the pages of one language as posix paths without suffix, sorted."""
    return sorted(path.relative_to(tree).with_suffix("").as_posix() for path in tree.rglob("*.md"))
