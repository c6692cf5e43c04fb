"""What a page is made of, apart from its words: the part that both languages must share."""

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from bookkit.errors import PageError
from bookkit.pages.reader import MYST_EXTENSIONS

DIRECTIVE = re.compile(r"^\{([^}]+)\}\s*(.*)$", re.DOTALL)
# Directives whose body is prose that may hold roles, figures and further directives.
NESTED = {
    "article", "cell-figure", "cures", "diagram", "div", "dropdown", "figure", "fold",
    "live-figure", "note", "overview", "result-plot", "rubric", "statement", "thumbnail",
}  # fmt: skip
PICTURES = {
    "diagram": "diagram",
    "figure": "image",
    "div": "class",
    "live-figure": "script",
    "result-plot": "results",
    "statement": "binds",
    "thumbnail": "part of",
}  # what their arguments are
TEXT = re.compile(r"\\text\{[^}]*\}")
OPTION = re.compile(r"^:[\w-]+:")
# Code, roles, formulas and the targets of links, in prose as it is written.
NOT_PROSE = re.compile(r"(?:\{[^}]*\})?`[^`]*`|\{[^}]*\}|\$[^$]+\$|\]\([^)]*\)")
OBJECT = "\ufffc"  # stands for code, a role or a formula, where the rules for prose do not hold
PROSE_OPTION = re.compile(r"^:(alt|caption):")


class Directive(NamedTuple):
    """A directive as it is written; each line of it comes with its number on the page."""

    name: str
    line: int
    argument: str = ""
    content: str = ""

    @property
    def lines(self) -> list[tuple[int, str]]:
        """All lines between its fences."""
        return list(enumerate(self.content.splitlines(), self.line + 1))

    @property
    def options(self) -> list[tuple[int, str]]:
        """The lines of its options, such as `:alt: A dot`."""
        return list(itertools.takewhile(lambda numbered: OPTION.match(numbered[1]), self.lines))

    @property
    def body(self) -> list[tuple[int, str]]:
        """The lines below its options."""
        return self.lines[len(self.options) :]


@dataclass
class Section:
    """One section: its label, heading level, and what stands below the heading."""

    label: str
    level: int
    line: int
    directives: list[Directive] = field(default_factory=list)
    inline: Counter = field(default_factory=Counter)
    cells: list[tuple[str, int]] = field(default_factory=list)
    passages: list[tuple[str, int]] = field(default_factory=list)

    @property
    def prose(self) -> list[str]:
        """What is written for people: its passages, without their lines."""
        return [text for text, _ in self.passages]

    @property
    def text(self) -> str:
        """Its prose as one text."""
        return "\n".join(self.prose)

    @property
    def labelled(self) -> bool:
        """Whether the section has a label, not the words that stand for one."""
        return not self.label.startswith("(")


@dataclass
class Structure:
    """A page: its front matter, and its sections in order."""

    path: Path
    front_matter: dict
    sections: list[Section]
    problems: list[tuple[int, str]]


def read(path: Path) -> Structure:
    """Read the structure of a page."""
    text = path.read_text(encoding="utf-8")
    return _Walk(path, markdown_parser()).run(text)


def markdown_parser() -> MarkdownIt:
    """Return a parser of the Markdown that pages are written in."""
    return create_md_parser(MdParserConfig(enable_extensions=set(MYST_EXTENSIONS)), RendererHTML)


def visible(token: Token) -> str:
    """Return what readers see of a piece of running text; the marks of emphasis and links go."""
    if token.type in ("text", "image"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return OBJECT if token.type.startswith(("code_", "math_", "myst_role")) else ""


class _Walk:
    def __init__(self, path: Path, parser: MarkdownIt):
        self.parser = parser
        self.page = Structure(path, {}, [], [])
        self.label: str | None = None
        self.used: set[str] = set()

    def run(self, text: str) -> Structure:
        self._tokens(self.parser.parse(text), 0)
        for section in self.page.sections:
            if not section.level and section.prose:
                self.page.problems.append((1, "text above the first heading: move it below"))
        return self.page

    @property
    def section(self) -> Section:
        if not self.page.sections:
            self.page.sections.append(Section("(before the first heading)", 0, 1))
        return self.page.sections[-1]

    def _tokens(self, tokens: list[Token], base: int) -> None:
        for token in tokens:
            line = base + (token.map[0] + 1 if token.map else 1)
            if token.type != "heading_open" and token.nesting >= 0:
                self._flush_label()
            if token.type == "front_matter":
                self._front_matter(token.content)
            elif token.type == "myst_target":
                self.label = token.content
            elif token.type == "heading_open":
                self._heading(int(token.tag[1:]), line)
            elif token.type in ("fence", "colon_fence"):
                self._fence(token, line)
            elif token.type in ("math_block", "math_block_label"):
                self._count("equation", TEXT.sub("", token.content.strip()))
                if token.info:
                    self._count("equation label", token.info)
            elif token.type == "inline":
                self._inline(token, line)
            elif token.type == "html_block":
                self.section.directives.append(Directive("raw HTML", line))

    def _front_matter(self, content: str) -> None:
        try:
            self.page.front_matter = yaml.safe_load(content) or {}
        except yaml.MarkedYAMLError as error:
            # The fence is line 1. PyYAML marks what it cannot read, though its type has a doubt.
            line = error.problem_mark.line + 2  # type: ignore[union-attr]
            raise PageError(self.page.path, line, f"front matter: {error.problem}") from error

    def _flush_label(self) -> None:
        """Count a label that stands above something other than a heading."""
        if self.label is not None:
            self._count("label", self.label)
            self.label = None

    def _heading(self, level: int, line: int) -> None:
        if self.label is None:
            self.page.problems.append((line, "a heading without a label: write (sec-…)= above it"))
        elif self.label in self.used:
            self.page.problems.append((line, f"the label {self.label!r} is used twice"))
        label = self.label or f"(no label, line {line})"
        self.used.add(label)
        self.page.sections.append(Section(label, level, line))
        self.label = None

    def _fence(self, token: Token, line: int) -> None:
        match = DIRECTIVE.match(token.info.strip())
        if not match:
            self.section.cells.append((f"```{token.info}\n{token.content}", line))
            return
        name, argument = match[1], match[2].strip()
        if name == "code-cell":
            self.section.cells.append((f"{argument}\n{token.content}", line))
            return
        directive = Directive(name, line, argument, token.content)
        self.section.directives.append(directive)
        options = []
        for number, option in directive.options:
            if PROSE_OPTION.match(option):
                self.section.passages.append((option, number))
            else:
                options.append(option)
        body = "\n".join(text for _, text in directive.body)
        if name in NESTED:
            for option in options:
                self._count(f"{name} option", option)
            if name in PICTURES:
                self._count(PICTURES[name], argument)
            else:
                self.section.passages.append((argument, line))
            self._tokens(self.parser.parse(body), line + len(directive.options))
        elif name == "math":
            equation = TEXT.sub("", f"{argument}\n{body}".strip())
            self._count("equation", " ".join([*options, equation]))
        else:
            self._count(f"{name} directive", " ".join([argument, *options, body.strip()]))

    def _inline(self, token: Token, line: int) -> None:
        self.section.passages.append((token.content, line))
        for child in token.children or []:
            if child.type == "myst_role":
                self._role(child.meta["name"], child.content)
            elif child.type == "math_inline":
                self._count("equation", TEXT.sub("", child.content.strip()))
            elif child.type == "image":
                self._count("image", child.attrGet("src"))
            elif child.type == "link_open":
                self._count("link", child.attrGet("href"))

    def _role(self, name: str, content: str) -> None:
        # `text <target>`: the text is prose, the target is structure.
        target = re.search(r"<([^>]+)>$", content)
        self._count(f"{name} role", target.group(1) if target else content)

    def _count(self, kind: str, value: object) -> None:
        self.section.inline[(kind, str(value).strip())] += 1
