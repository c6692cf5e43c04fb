"""What stands around the two languages: the entry page, tests, the sample data, the downloads."""

import platform
import shutil
import zipfile
from html import escape
from pathlib import Path

from bookkit import stale
from bookkit.checks.book import Book
from bookkit.data.registry import SAMPLE
from bookkit.languages import FALLBACK, LANGUAGES, ORIGINAL
from bookkit.paths import BOOK, BUILD, ROOT, SITE, pages
from bookkit.web import entry, listings, mark, programs, publishing

# A fixed date keeps the archive equal from build to build.
ZIP_DATE = (2026, 1, 1, 0, 0, 0)


def assemble() -> None:
    """Add to the site what belongs to both languages."""
    address = publishing.site()
    entry.write(SITE, BOOK / "_templates" / "entry", address)
    _write_sitemap(address)
    mark.write(SITE)
    for language in LANGUAGES:
        _copy_exports(BUILD / "notebooks" / language, SITE / language / "notebooks")
    listings.write(SITE / listings.FOLDER, Book(ROOT))
    programs.write(SITE / programs.FOLDER, Book(ROOT))
    # GitHub would drop `_static`, and Binder would take a Python too old for the pages.
    (SITE / ".nojekyll").touch()
    version = ".".join(platform.python_version_tuple()[:2])
    (SITE / "runtime.txt").write_text(f"python-{version}\n", encoding="utf-8")
    zip_folder(SAMPLE, SITE / "sample-data.zip")


def _write_sitemap(address: str) -> None:
    """Name every page in both languages to search engines; they accept whole addresses only."""
    files = {
        "sitemap.xml": _sitemap(address, pages(BOOK / ORIGINAL)),
        "robots.txt": f"User-agent: *\nSitemap: {address}sitemap.xml\n",
    }
    for name, text in files.items():
        if address:
            (SITE / name).write_text(text, encoding="utf-8")
        else:
            (SITE / name).unlink(missing_ok=True)


def _sitemap(address: str, names: list[str]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for name in names:
        twins = {
            record.tag: escape(f"{address}{code}/{name}.html") for code, record in LANGUAGES.items()
        }
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{twin}"/>'
            for tag, twin in [*twins.items(), ("x-default", twins[LANGUAGES[FALLBACK].tag])]
        )
        lines += [f"<url><loc>{twin}</loc>{alternates}</url>" for twin in twins.values()]
    return "\n".join([*lines, "</urlset>", ""])


def _copy_exports(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for path in [*source.rglob("*.ipynb"), *source.rglob("*.py")]:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def zip_folder(source: Path, target: Path) -> None:
    """Pack a folder, the same bytes for the same content, and move it into place when whole.

    What it was made from stands in the archive's comment.
    """
    made_from = stale.digest(Path(__file__), source).encode()
    if target.is_file():
        with zipfile.ZipFile(target) as archive:
            if archive.comment == made_from:
                return
    temporary = target.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = made_from
        for path in sorted(source.rglob("*")):
            if path.is_file():
                name = f"sample-data/{path.relative_to(source).as_posix()}"
                archive.writestr(
                    zipfile.ZipInfo(name, ZIP_DATE), path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    temporary.replace(target)
