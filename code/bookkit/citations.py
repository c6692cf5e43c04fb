"""Citations as each language writes them: `[Tian et al., 2019]`, `[Tian 等，2019]`."""

from dataclasses import dataclass, field

from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def _brackets() -> BracketStyle:
    return BracketStyle(sep="；")


@dataclass
class ChineseAuthorYear(AuthorYearReferenceStyle):
    """Author and year with Chinese words and punctuation; names stay as they are published."""

    bracket_textual: BracketStyle = field(default_factory=_brackets)
    bracket_parenthetical: BracketStyle = field(default_factory=_brackets)
    person: PersonStyle = field(
        default_factory=lambda: PersonStyle(sep="、", sep2=" 和 ", last_sep=" 和 ", other=" 等")
    )
    author_year_sep: str = "，"
    post_text_sep: str = "，"


def setup(app: Sphinx) -> None:
    """Register the Chinese style, which `conf.py` chooses."""
    register_plugin(
        "sphinxcontrib.bibtex.style.referencing", "author_year_chinese", ChineseAuthorYear
    )
