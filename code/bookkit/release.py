"""A release: all that readers download, in one folder, with hashes and the versions it ran on."""

import dataclasses
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from bookkit import build
from bookkit.errors import BookError
from bookkit.formats.all import FORMATS
from bookkit.languages import LANGUAGES
from bookkit.paths import BUILD, ROOT, SITE
from bookkit.running import cache, commit
from bookkit.web.publishing import book_file

FOLDER = BUILD / "release"
SUMS, VERSIONS = "SHA256SUMS", "versions.json"


def release(version: str) -> Path:
    """Build every format of what is committed, and the package, into one folder.

    Raises:
        BookError: the tree has changes, or a build fails.
    """
    if changed := commit.changed():
        raise BookError(f"a release holds what is committed; commit these first:\n{changed}")
    for target in [*(name for name in FORMATS if name != "html"), "html"]:
        build.run(target, "sample", None, tuple(LANGUAGES))  # the site last: it offers the books
    folder = FOLDER / version
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, made in (("site", SITE), ("notebooks", BUILD / "notebooks")):
        archive = folder / f"keras-book-{version}-{name}"
        shutil.make_archive(str(archive), "zip", root_dir=made.parent, base_dir=made.name)
    for name in (name for name, each in FORMATS.items() if each.whole):
        for book in (book_file(name, language) for language in LANGUAGES):
            shutil.copyfile(book, folder / f"{book.stem}-{version}{book.suffix}")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True)
    ran_on = dataclasses.asdict(cache.Environment.here()) | {"commit": commit.commit()}
    (folder / VERSIONS).write_text(json.dumps(ran_on, indent=1) + "\n", encoding="utf-8")
    sums = "".join(f"{_hash(path)}  {path.name}\n" for path in sorted(folder.iterdir()))
    (folder / SUMS).write_text(sums, encoding="utf-8")
    return folder


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
