"""Where things are, relative to the project root."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "code"
BOOK = ROOT / "book"
RESULTS = BOOK / "results"
BUILD = ROOT / "_build"
SITE = BUILD / "html"

LANGUAGES = ("zh", "en")
# BCP 47 tags for `lang` and `hreflang`; Sphinx has its own spelling for the same thing.
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
SPHINX_LANGUAGES = {"zh": "zh_CN", "en": "en"}


def pages(tree: Path) -> list[str]:
    """List the pages of one language as posix paths without suffix, sorted."""
    return sorted(path.relative_to(tree).with_suffix("").as_posix() for path in tree.rglob("*.md"))
