"""What stands around the two languages: the entry page, tests, the sample data, the downloads."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from bookkit import guard_pages
from bookkit.data.registry import SAMPLE
from bookkit.paths import BOOK, BUILD, LANGUAGES, SITE

# A fixed date keeps the archive equal from build to build.
ZIP_DATE = (2026, 1, 1, 0, 0, 0)


def assemble() -> None:
    """Add to the site what belongs to both languages."""
    for name in ("index.html", "entry.css"):
        shutil.copyfile(BOOK / "_templates" / "entry" / name, SITE / name)
    for language in LANGUAGES:
        _copy_exports(BUILD / "notebooks" / language, SITE / language / "notebooks")
    guard_pages.write(SITE / guard_pages.FOLDER)
    zip_folder(SAMPLE, SITE / "sample-data.zip")


def _copy_exports(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for path in [*source.rglob("*.ipynb"), *source.rglob("*.py")]:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def zip_folder(source: Path, target: Path) -> None:
    """Pack a folder, the same bytes for the same content, and move it into place when whole."""
    temporary = target.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                name = f"sample-data/{path.relative_to(source).as_posix()}"
                archive.writestr(
                    zipfile.ZipInfo(name, ZIP_DATE), path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    temporary.replace(target)


def collect(target: str, languages: Sequence[str]) -> None:
    """Put the PDF or EPUB of each language into its folder."""
    folder = BUILD / target
    folder.mkdir(parents=True, exist_ok=True)
    for language in languages:
        name = f"keras-book-{language}.{target}"
        made_by = {"pdf": "latex", "epub": "epub"}[target]
        shutil.copyfile(BUILD / "sphinx" / language / made_by / name, folder / name)
