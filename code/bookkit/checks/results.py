"""Results of reference runs: how often test sets were scored, and how pages quote the numbers."""

import json
import math
import re
from collections.abc import Iterator

import yaml

from bookkit.checks.book import Book, Page
from bookkit.checks.numbers import END
from bookkit.languages import LANGUAGES
from bookkit.reference.examples import EXAMPLES, agrees
from bookkit.reference.results import TEST_SETS, is_time
from recipes import WITHOUT_TEST_SET

FOLDER = "book/results"
KEYS = ("test set", "chosen on", "inherited", "also")
NEEDED = KEYS[:2]
QUOTED = re.compile(r"\{result\}`([^`]+)`")
RATIO = re.compile(r"[^/]+/[^/]+/(?P<metric>[^/]+)/(?P<statistic>[^/]+)/over=")
COUNT = "make reference counts; for what lies before, count the versions of this file in git"


def sources(book: Book) -> Iterator[str]:
    """Name sentences that quote several tasks, whose runs had other machines, days or code."""
    for page in book.pages:
        for line, sentence in _sentences(page):
            tasks = sorted({address.partition("/")[0] for address in QUOTED.findall(sentence)})
            if len(tasks) > 1:
                cure = "quote one of them, or write a sentence for each"
                yield page.at(line, f"one sentence quotes {' and '.join(tasks)}; {cure}")


def ranges(book: Book) -> Iterator[str]:
    """Name ratios of times that do not say how far the seeds lie apart."""
    for page in book.pages:
        for line, sentence in _sentences(page):
            for address in QUOTED.findall(sentence):
                ratio = RATIO.match(address)
                if ratio and is_time(ratio["metric"]) and ratio["statistic"] != "span":
                    cure = f"write span in place of {ratio['statistic']}"
                    yield page.at(line, f"{address!r} is a ratio of times without a range; {cure}")


def _sentences(page: Page) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a page, each with its line; no sentence goes on over two lines."""
    for number, line in enumerate(page.text.splitlines(), 1):
        yield from ((number, sentence) for sentence in END.split(line))


def counts(book: Book) -> Iterator[str]:
    """Look at the counts of each file, and at the words about each task."""
    documents = _documents(book)
    counted = [task for task in documents if task not in WITHOUT_TEST_SET]
    for task in counted:
        problems = _counts(documents[task])
        yield from (f"{FOLDER}/{task}.json: {problem}; {COUNT}" for problem in problems)
    if counted:
        yield from _words(book, counted, list(documents))
    printed = {each.argument for page in book.pages for each in page.directives("test-set")}
    for task in counted:
        if task not in printed:
            cure = f"write :::{{test-set}} {task} beside its headline"
            yield f"{FOLDER}/{task}.json: no page prints it; {cure}"


def _documents(book: Book) -> dict[str, dict]:
    """Read the results of all tasks."""
    paths = sorted((book.root / FOLDER).glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def _counts(document: dict) -> Iterator[str]:
    for recipe in document["recipes"]:
        key = f"recipes/{recipe['name']}/scored"
        yield from _count(key, recipe.get("scored"), len(recipe["runs"]))
    if "former" in document:
        yield from _count("former", document["former"], 0)


def _count(key: str, scored: object, shown: int) -> Iterator[str]:
    """Say what is wrong with one count, given the number of runs that the file holds."""
    if not isinstance(scored, dict) or set(scored) != {"runs", "versions"}:
        yield f"expected {key} with runs and versions. Received: {scored!r}"
        return
    for name, least in (("runs", max(shown, 1)), ("versions", 1)):
        value = scored[name]
        if not isinstance(value, int) or value < least:
            yield f"expected {key}/{name} of {least} or more. Received: {value!r}"
            return
    if scored["versions"] > scored["runs"]:
        yield f"expected no more {key}/versions than runs. Received: {scored!r}"


def scores(book: Book) -> Iterator[str]:
    """Hold the scores of test examples that a run kept against its metric."""
    for task, document in _documents(book).items():
        for recipe in document["recipes"]:
            for run in recipe["runs"]:
                for metric, scored in run.get(EXAMPLES, {}).items():
                    if not agrees(scored, run["metrics"].get(metric, math.nan)):
                        where = f"{FOLDER}/{task}.json: {recipe['name']}, seed {run['seed']}"
                        cure = "the run was edited; make reference again"
                        yield f"{where}: the examples do not score {metric}; {cure}"


def _words(book: Book, counted: list[str], tasks: list[str]) -> Iterator[str]:
    """Look at the words about the test set of each task that has one."""
    where = f"{FOLDER}/{TEST_SETS}"
    path = book.root / where
    words = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for task in counted:
        if missing := [key for key in NEEDED if key not in words.get(task, {})]:
            yield f"{where}: {task} lacks {', '.join(missing)}; say it in every language"
    for task, texts in words.items():
        if task not in tasks:
            yield f"{where}: there are no results of {task!r}; take its words out"
        for key, text in texts.items():
            if key not in KEYS:
                yield f"{where}: {task}: {key!r} is none of {', '.join(KEYS)}; name it so"
            elif set(text) != set(LANGUAGES):
                yield f"{where}: {task}/{key} is not in {', '.join(LANGUAGES)}; say it in each"
