"""The great table: no cell without a measurement or a source, the same ones in all languages."""

import re

import pytest

from bookkit.languages import LANGUAGES
from bookkit.paths import BOOK

EVIDENCE = re.compile(r"\]\(#(sec-[\w-]+)\)|\{cite:\w+\}`(\w+)`|\{(?:glue:text|result)\}`([^`]+)`")


def read_table(language):
    """Return the cells of the rows of the table, without its head."""
    page = (BOOK / language / "outlook" / "choosing.md").read_text(encoding="utf-8")
    section = page.split("(sec-choosing-table)=")[1].split("\n(sec-")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_cell_leads_to_a_measurement_or_a_source(language):
    table = read_table(language)
    assert len(table) >= 8
    assert {len(row) for row in table} == {5}
    bare = [(row[0], cell) for row in table for cell in row[1:] if not EVIDENCE.search(cell)]
    assert bare == []


def test_a_cell_has_the_same_evidence_in_all_languages():
    found = [
        [[EVIDENCE.findall(cell) for cell in row[1:]] for row in read_table(language)]
        for language in LANGUAGES
    ]
    assert all(table == found[0] for table in found)
