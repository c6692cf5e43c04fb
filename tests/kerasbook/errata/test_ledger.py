"""Every erratum is run: a new Keras that changes an outcome fails here first."""

import re
from pathlib import Path

import pytest

from kerasbook.errata.ledger import LEDGER, LISTING_OUTCOMES
from kerasbook.errata.listing import LISTING, outcome

BOOK = Path(__file__).parents[3] / "book"


def result(erratum):
    try:
        return erratum.demonstrate()
    except Exception as error:
        return str(error)


@pytest.mark.parametrize(
    "erratum", [each for each in LEDGER if each.demonstrate], ids=lambda erratum: erratum.name
)
def test_the_outcome_is_the_one_the_book_tells(erratum):
    found = result(erratum)
    if isinstance(erratum.outcome, str):
        assert erratum.outcome in found
    else:
        assert found == erratum.outcome


@pytest.mark.parametrize(
    ("line", "expected"),
    list(zip(LISTING, LISTING_OUTCOMES, strict=True)),
    ids=lambda part: part[0],
)
def test_each_line_of_the_listing_fails_as_told_and_works_when_corrected(line, expected):
    _, mistake, correct = line
    assert expected[0] in outcome(mistake)
    assert expected[1] in outcome(correct)


def test_an_erratum_without_a_demonstration_states_its_reason():
    assert [(each.name, each.outcome) for each in LEDGER if not each.demonstrate] == [
        ("first-release", "a date cannot be run"),
        ("promised", "what is missing cannot be run"),
        ("pytorch", "who governs cannot be run"),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_holds_every_erratum_and_no_other(language):
    text = (BOOK / language / "errata.md").read_text(encoding="utf-8")
    labels = re.findall(r"^\(sec-erratum-([\w-]+)\)=$", text, re.MULTILINE)
    assert sorted(labels) == sorted([each.name for each in LEDGER] + ["listing"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_erratum_and_the_chapter_that_treats_it_link_to_each_other(language):
    page = (BOOK / language / "errata.md").read_text(encoding="utf-8")
    parts = re.split(r"^\(sec-erratum-([\w-]+)\)=$", page, flags=re.MULTILINE)
    bodies = dict(zip(parts[1::2], parts[2::2], strict=True))
    chapters = {
        path: path.read_text(encoding="utf-8")
        for path in (BOOK / language).rglob("*.md")
        if path.name != "errata.md"
    }
    for name, body in bodies.items():
        linked = set(re.findall(r"\]\(#(sec-[\w-]+)\)", body))
        back = [
            path
            for path, text in chapters.items()
            if f"(#sec-erratum-{name})" in text
            and linked & set(re.findall(r"^\((sec-[\w-]+)\)=$", text, re.MULTILINE))
        ]
        assert back, f"{name} and its chapter do not link to each other"
