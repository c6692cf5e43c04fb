"""What the tests of the checks share: a project of tiny pages."""

import pytest

from bookkit.checks.book import Book
from bookkit.languages import LANGUAGES


@pytest.fixture
def project(tmp_path):
    """Return a function that writes files below a folder and reads them as a project."""

    def write(files):
        for language in LANGUAGES:
            (tmp_path / "book" / language).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Book(tmp_path)

    return write
