"""Error messages as entrances: which messages a page shows, and where their cure is.

Each page notes its messages in its metadata: those in outputs are found by their form, others are
marked by the role `message`. `cures` marks the paragraph, list or table that says what to do about
those of the output above, or the paragraph that quotes one itself. The page of messages lists them
all; `web.messages` hands them to search.

An output that shows `TypeError: …` is found by itself; print it with `show_error`, so that type and
text stand on one line. Below it stands `:::{cures}` around what to do: a list with an item for each
message, a table whose first column quotes them, or one paragraph about all. What no output shows is
marked in the text, `` {message}`ensurepip is not available` ``. Of several sections with one
message those that give a cure come first, and of these the one whose output shows the fewest
others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, groupby
from operator import itemgetter

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from bookkit.languages import LANGUAGES, language_of
from bookkit.text import messages, passages

LOGGER = logging.getLogger(__name__)
SHORT = 5  # words of a key
LEFT_SPACE = re.compile(r" +(?=[.,;:])")  # where a source stood
Parts = list[tuple[str, str]]  # running text: "code", "math" or "text", and what it says


@dataclass
class Message:
    """A message where a page shows it."""

    type: str  # empty if the page does not say
    text: str
    label: str  # of its section
    heading: str
    cure: Parts = field(default_factory=list)
    beside: int = 1  # as many messages as its output shows
    page: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What it shares with the same message of another program."""
        return (self.type, *messages.words(self.text))

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from others; of a short one, such as "No module named", the name too."""
        return self.key if len(self.key) > SHORT else (self.type, self.text)


class message_list(nodes.Element):  # noqa: N801, docutils names nodes so
    """Stands where all messages of the book are listed."""


class ListedMessages(SphinxDirective):
    """List the messages of all pages."""

    def run(self) -> list[nodes.Node]:
        """Leave a node; what other pages show is known once all are read."""
        self.env.metadata[self.env.docname]["lists messages"] = True
        node = message_list(page=self.env.docname)
        self.set_source_info(node)
        return [node]


class Cures(SphinxDirective):
    """Mark what says how to mend the messages of the output above.

    A list has an item for each of them, in their order; the first cell of a table's row quotes
    those that it is about; one paragraph is about all. A paragraph with a marked message is about
    that one, whatever stands above.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Mark the content, which is shown as it is."""
        self.assert_has_content()
        content = self.parse_content_to_nodes()
        if len(content) != 1:
            raise self.error("cures: one paragraph, list or table stands here")
        for node in content:
            if isinstance(node, nodes.Element):
                node["cures"] = True
        return content


class MarkedMessage(SphinxRole):
    """Mark a message that no output of the page shows."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write it as code."""
        return [nodes.literal(self.rawtext, self.text, classes=["message"])], []


def note_messages(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a page shows, for the list and for search."""
    between = LANGUAGES[app.config.bookkit_language].words["between"]
    noted = [asdict(message) for message in collect(doctree, between)]
    app.env.metadata[app.env.docname]["messages"] = noted


def collect(doctree: nodes.document, between: str) -> list[Message]:
    """Return the messages of a page, in order, with their cures.

    Args:
        doctree: the page.
        between: what joins the cells of a table to one line.
    """
    found: list[Message] = []
    above: list[Message] = []  # those of the last output that had some
    for node in doctree.findall(nodes.Element):
        if isinstance(node, nodes.literal_block) and "output" in node["classes"]:
            shown = [_message(node, *each) for each in messages.find(node.astext())]
            for message in shown:
                message.beside = len(shown)
            above = shown or above
            found += shown
        elif _is_marked(node):
            found.append(_message(node, "", node.astext()))
            if node.parent.get("cures"):
                found[-1].cure = _parts(node.parent)
        elif node.get("cures") and not any(map(_is_marked, node.children)):
            if not above:
                LOGGER.warning("cures: no output above shows a message", location=node)
            _cure(above, node, between)
            above = []
    return found


def _is_marked(node: nodes.Node) -> bool:
    return isinstance(node, nodes.literal) and "message" in node["classes"]


def _message(node: nodes.Element, type_: str, text: str) -> Message:
    section = node.section_hierarchy()[-1]
    title = next(section.findall(nodes.title))
    return Message(type_, text, section["ids"][0], title.astext())


def _cure(above: list[Message], node: nodes.Element, between: str) -> None:
    """Give each message its cure; a message without one, or a cure too many, is a warning."""
    if isinstance(node, nodes.table):
        rows = [list(row.findall(nodes.entry)) for row in node.findall(nodes.row)]
        for message in above:
            about = (_joined(row, between) for row in rows if _is_about(row, message))
            message.cure = next(about, [])
            if not message.cure:
                LOGGER.warning("cures: no row is about %r", message.text, location=node)
    elif isinstance(node, nodes.bullet_list | nodes.enumerated_list):
        if len(node.children) != len(above):
            counts = len(node.children), len(above)
            LOGGER.warning("cures: %d items for the %d messages above", *counts, location=node)
        for message, item in zip(above, node.children, strict=False):
            message.cure = _parts(item)
    else:
        for message in above:
            message.cure = _parts(node)


def _is_about(row: list[nodes.entry], message: Message) -> bool:
    quoted = [literal.astext() for literal in row[0].findall(nodes.literal)]
    own = messages.words(message.text)
    return any(text in message.text or messages.words(text) == own for text in quoted)


def _joined(row: list[nodes.entry], between: str) -> Parts:
    parts: Parts = []
    for cell in row[1:]:
        parts += [("text", between), *_parts(cell)] if parts else _parts(cell)
    kind, text = parts[0]
    return [(kind, text[0].upper() + text[1:] if kind == "text" else text), *parts[1:]]


def _parts(node: nodes.Node) -> Parts:
    """Return a text, neighbors of one kind together."""
    parts: Parts = []
    for kind, pieces in groupby(_running(node), key=itemgetter(0)):
        text = "".join(text for _, text in pieces)
        parts.append((kind, LEFT_SPACE.sub("", text) if kind == "text" else text))
    return parts


def _running(node: nodes.Node) -> Iterator[tuple[str, str]]:
    """Yield a text without its links and sources: it will stand on another page."""
    for child in node.children:
        if isinstance(child, nodes.literal | nodes.math):
            yield ("code" if isinstance(child, nodes.literal) else "math"), child.astext()
        elif isinstance(child, nodes.Text):
            yield "text", child.astext().replace("\n", " ")
        elif isinstance(child, nodes.Element) and child.get("refdomain") != "cite":
            yield from _running(child)


def _node(kind: str, text: str) -> nodes.Node:
    if kind == "text":
        return nodes.Text(text)
    return nodes.literal("", text) if kind == "code" else nodes.math("", text)


def known(env: BuildEnvironment) -> list[Message]:
    """Return the messages of all pages: those with a cure first, of these those alone.

    A section about one message explains it better than a list of many. Else the book's order stays.
    """
    listed = [
        Message(**noted | {"page": page})
        for page in in_order(env, env.config.root_doc)
        for noted in env.metadata[page].get("messages", [])
    ]
    return sorted(listed, key=lambda message: (not message.cure, message.beside))


def in_order(env: BuildEnvironment, page: str) -> Iterator[str]:
    """Yield a page and those that it lists, as a reader turns them."""
    yield page
    for below in env.toctree_includes.get(page, []):
        yield from in_order(env, below)


def grouped(listed: Iterable[Message]) -> list[list[Message]]:
    """Put together what is one message, and what differs in a name alone within one section."""
    groups: list[list[Message]] = []
    for message in listed:
        same = [group for group in groups if any(_is_same(message, each) for each in group)]
        groups = [group for group in groups if group not in same]
        groups.append([each for group in same for each in group] + [message])
    return sorted(groups, key=_place)


def _place(group: list[Message]) -> tuple[bool, str, str]:
    """Sort by type and text as one looks it up, what has no type last."""
    first = group[0]
    return not first.type, first.type, first.text.strip("`'\"").lower()


def _is_same(one: Message, other: Message) -> bool:
    here = (one.key, one.page, one.label) == (other.key, other.page, other.label)
    return here or one.identity == other.identity


class ListMessages(SphinxPostTransform):
    """Write the list, grouped by type."""

    default_priority = 5  # before references are resolved

    def run(self, **kwargs: object) -> None:
        """Put it where it was asked for."""
        for node in list(self.document.findall(message_list)):
            word = LANGUAGES[self.config.bookkit_language].words["other messages"]
            written: list[nodes.Node] = []
            types: dict[str, nodes.bullet_list] = {}
            for group in grouped(known(self.env)):
                name = group[0].type
                if name not in types:
                    head = nodes.literal("", name) if name else nodes.Text(word)
                    types[name] = nodes.bullet_list(classes=["messages"])
                    written += [nodes.rubric("", "", head), types[name]]
                types[name] += self._item(group, node["page"])
            node.replace_self(written)

    def _item(self, group: list[Message], page: str) -> nodes.list_item:
        item = nodes.list_item()
        texts: dict[tuple[str, ...], str] = {}
        cures: dict[tuple[str, str], list[Message]] = {}
        for message in group:
            texts.setdefault(message.identity, message.text)
            here = cures.setdefault((message.page, message.label), [message])
            if message.cure and message.cure not in [each.cure for each in here]:
                here.append(message)
        for text in texts.values():
            shown = nodes.literal("", text, language="none")
            if language := language_of(text):
                shown["classes"].append(passages.tag_class(language))
            item += nodes.paragraph("", "", shown)
        for message in chain(*cures.values()):
            line = nodes.paragraph(classes=["cure"])
            line += [_node(kind, text) for kind, text in message.cure]
            line += [nodes.Text(" ")] if message.cure else []
            line += self._link(message, page)
            item += line
        return item

    def _link(self, message: Message, page: str) -> addnodes.pending_xref:
        title = self.env.titles[message.page].astext()
        text = title if message.heading == title else f"{title} › {message.heading}"
        return addnodes.pending_xref(
            "", nodes.inline("", f"→ {text}"), refdomain="std", reftype="ref", refexplicit=True,
            reftarget=message.label, refdoc=page, refwarn=True,
        )  # fmt: skip


def setup(app: Sphinx) -> None:
    """Register directives and the role; messages are noted once a page is read."""
    app.add_node(message_list)
    app.add_directive("messages", ListedMessages)
    app.add_directive("cures", Cures)
    app.add_role("message", MarkedMessage())
    app.add_post_transform(ListMessages)
    app.connect("doctree-read", note_messages)
