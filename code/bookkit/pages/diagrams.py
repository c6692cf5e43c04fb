"""What a diagram is: an SVG of `book/diagrams`, with English labels, drawn for any language.

Its classes stand for colors and fonts, see `book/_static/diagram.css`. Labels of other languages
come from `labels.yml` beside it and from the glossary.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring
from xml.parsers import expat

import yaml

from bookkit import palette
from bookkit.errors import BookError, PageError, closest
from bookkit.languages import LABELLED, Language
from bookkit.pages import glossary

LABELS = "labels.yml"
LINE = "data-line"  # where an element starts, while it is looked at
AS_IT_IS = {"code", "math", "name"}  # classes of labels that read the same in every language
WORD = re.compile("[A-Za-z]{2,}")
# Pixels: of letters, and the least that a phone shows of them.
LETTERS, LEAST = 15, 11
COLORED = re.compile(r"stroke-\d|muted")
INDEX = re.compile(r"([_^])(?:\{([^}]*)\}|(.))")
SHIFT = {"_": 5, "^": -6}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# For files, which bring no font: the first ones are those of the PDF.


@dataclass(frozen=True)
class Label:
    """A run of letters in a diagram."""

    element: Element
    part: str  # the run is its `text` or its `tail`
    line: int
    classes: frozenset[str]  # of the element that the run stands in, and of those around it

    @property
    def words(self) -> str:
        """What it says, with single spaces."""
        return " ".join(getattr(self.element, self.part).split())

    @property
    def translated(self) -> bool:
        """Whether another language says it in other words."""
        return not self.classes & AS_IT_IS and bool(WORD.search(self.words))

    def say(self, words: str) -> None:
        """Put other words there; the spaces around them stay."""
        run = getattr(self.element, self.part)
        start, end = len(run) - len(run.lstrip()), len(run.rstrip())
        setattr(self.element, self.part, run[:start] + words + run[end:])


def folder_of(book: Path) -> Path:
    """Return where the diagrams of a book are."""
    return book / "diagrams"


def source(book: Path, name: str) -> Path:
    """Return the file of a diagram.

    Raises:
        BookError: there is no such diagram.
    """
    path = folder_of(book) / f"{name}.svg"
    if not path.is_file():
        known = [each.stem for each in folder_of(book).glob("*.svg")]
        raise BookError(f"there is no book/diagrams/{name}.svg; closest: {closest(name, known)}")
    return path


def read(path: Path) -> Element:
    """Read a diagram; each element knows its line, as the attribute `LINE`.

    Raises:
        PageError: it is no SVG, or has no viewBox.
    """
    parser, builder = expat.ParserCreate(), TreeBuilder()

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag, {**attributes, LINE: str(parser.CurrentLineNumber)})

    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        raise PageError(path, error.lineno, f"no XML: {expat.ErrorString(error.code)}") from error
    root = builder.close()
    if root.tag != "svg" or not re.fullmatch(r"0 0( \d+){2}", root.get("viewBox", "")):
        cure = 'write <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 WIDTH HEIGHT">'
        raise PageError(path, 1, f"a diagram starts at 0 0 and has whole sizes; {cure}")
    return root


def size(root: Element) -> tuple[int, int]:
    """Return width and height in pixels."""
    _, _, width, height = map(int, root.attrib["viewBox"].split())
    return width, height


def labels(root: Element) -> Iterator[Label]:
    """Yield every run of letters."""
    for text in root.iter("text"):
        yield from _runs(text, frozenset())


def _runs(element: Element, around: frozenset[str]) -> Iterator[Label]:
    classes = around | set(element.get("class", "").split())
    line = int(element.attrib[LINE])
    if (element.text or "").strip():
        yield Label(element, "text", line, classes)
    for child in element:
        yield from _runs(child, classes)
        if (child.tail or "").strip():
            yield Label(child, "tail", int(child.attrib[LINE]), classes)


def listed(book: Path) -> dict[str, dict]:
    """Return what `labels.yml` says for each language: words by label, or by diagram and label.

    Raises:
        PageError: it is no YAML of such a shape.
    """
    path = folder_of(book) / LABELS
    if not path.is_file():
        return {}
    try:  # all are strings: English "no" is not false
        found = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PageError(path, line, f"no YAML: {error.problem}") from error
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise PageError(path, 1, "below each language stand lines `English: translation`")
    return found


def terms(book: Path, language: str) -> dict[str, str]:
    """Return the pairs of the glossary by English term, in small letters."""
    return {
        name.casefold(): term.names[language]
        for term in glossary.read(book)
        for name in (term.names[LABELLED], term.called(LABELLED)[0])
    }


def words_of(book: Path, name: str, language: str) -> dict[str, str]:
    """Return what the labels of a diagram are in a language, by label in small letters.

    What `labels.yml` says of this diagram comes before what it says of all, and that before the
    glossary.
    """
    chosen = listed(book).get(language, {})
    own = chosen.get(name)
    everywhere = {label: words for label, words in chosen.items() if isinstance(words, str)}
    both = everywhere | (own if isinstance(own, dict) else {})
    return terms(book, language) | {label.casefold(): words for label, words in both.items()}


def draw(book: Path, name: str, language: str) -> Element:
    """Return a diagram with labels in a language, heads on its arrows and indices in its formulas.

    Raises:
        BookError: there is no such diagram, it cannot be read, or a label has no translation.
    """
    path = source(book, name)
    root = read(path)
    if language != LABELLED:
        words = words_of(book, name, language)
        for line, problem in untranslated(root, words, language):
            raise PageError(path, line, problem)
        for label in [each for each in labels(root) if each.translated]:
            label.say(words[label.words.casefold()])
    _set_indices(root)
    _set_heads(root)
    for element in root.iter():
        element.attrib.pop(LINE, None)
        if element.tag not in ("text", "tspan") and not (element.text or "").strip():
            element.text = None
        if element.tag != "tspan" and not (element.tail or "").strip():
            element.tail = None
    root.set("class", "diagram")
    return root


def untranslated(root: Element, words: dict[str, str], language: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each label that some words lack, and where its translation goes."""
    cure = (
        f"write it below `{language}:` in book/diagrams/labels.yml, or give the text the class "
        "code, math or name"
    )
    for label in labels(root):
        if label.translated and label.words.casefold() not in words:
            yield label.line, f"the label {label.words!r} has no translation; {cure}"


def _set_indices(root: Element) -> None:
    """Lower what follows `_` in a formula and raise what follows `^`."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for label in list(labels(root)):
        if "math" in label.classes and label.part == "text" and INDEX.search(label.words):
            _split(label.element, parents[label.element])


def _split(element: Element, parent: Element) -> None:
    """Divide the text of an element at its indices; what follows returns to the line."""
    first, *rest = INDEX.split(element.text or "")
    element.text, back, added = first, 0, []
    for mark, several, one, text in zip(*[iter(rest)] * 4, strict=True):
        added.append(_tspan(several or one, SHIFT[mark] + back, "index"))
        back = -SHIFT[mark]
        if text:
            added.append(_tspan(text, back))
            back = 0
    element[:0] = added
    if back and element.tag == "tspan" and (element.tail or "").strip():
        parent.insert(list(parent).index(element) + 1, _tspan(element.tail or "", back))
        element.tail = None


def _tspan(text: str, shift: int, name: str = "") -> Element:
    made = Element("tspan", {"class": name} if name else {}, dy=str(shift))
    made.text = text
    return made


def _set_heads(root: Element) -> None:
    """Give each arrow a head of its color: not all know heads that take the color of their line."""
    arrows = [each for each in root.iter() if "arrow" in each.get("class", "").split()]
    heads: dict[str, Element] = {}
    for arrow in arrows:
        colors = list(filter(COLORED.fullmatch, arrow.attrib["class"].split()))
        name, color = "-".join(["head", *colors]), " ".join(colors)
        heads.setdefault(name, _head(name, color))
        arrow.set("marker-end", f"url(#{name})")
    if heads:
        definitions = Element("defs")
        definitions.extend(heads.values())
        root.insert(0, definitions)


def _head(name: str, color: str) -> Element:
    marker = Element("marker", {
        "id": name, "viewBox": "0 0 10 10", "refX": "9", "refY": "5",
        "markerWidth": "10", "markerHeight": "10", "markerUnits": "userSpaceOnUse",
        "orient": "auto",
    })  # fmt: skip
    SubElement(marker, "path", {"class": f"head {color}".strip(), "d": "M0 1 10 5 0 9z"})
    return marker


def inline(root: Element, prefix: str, alt: str) -> str:
    """Write a diagram into a page: its ids are the page's, its colors come with the style sheet."""
    page = deepcopy(root)
    for element in page.iter():
        for name, value in element.items():
            if name == "id":
                element.set(name, f"{prefix}-{value}")
            elif name == "href":
                element.set(name, value.replace("#", f"#{prefix}-"))
            else:
                element.set(name, value.replace("url(#", f"url(#{prefix}-"))
    page.attrib.pop("xmlns", None)
    width, _ = size(page)
    least = -(-width * LEAST // LETTERS)
    page.attrib |= {
        "role": "img",
        "aria-label": alt,
        "style": f"max-width: {width}px; min-width: {least}px",
    }
    return f'<div class="diagram-frame">{tostring(page, "unicode")}</div>'


def standalone(root: Element, style: str, language: Language) -> str:
    """Write a diagram as a file that needs no other, on a page as light as in the book."""
    file = deepcopy(root)
    width, height = size(file)
    file.attrib |= {"width": str(width), "height": str(height), "xml:lang": language.tag}
    ground = Element("rect", {"class": "paper", "width": str(width), "height": str(height)})
    rules = Element("style")
    plain = palette.filled(COMMENT.sub("", style)).strip()
    rules.text = f".diagram {{ font-family: {language.fonts.pictures}; }}\n{plain}\n"
    file[:0] = [rules, ground]
    return tostring(file, "unicode") + "\n"
