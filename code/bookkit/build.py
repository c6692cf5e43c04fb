"""Build the book: check the pages, run them once, let Sphinx write both languages side by side.

The project is never installed into its own environment, so that a page that forgot a definition
fails: hence dependency groups (PEP 735) and `PYTHONPATH=code`. Sphinx writes straight into
`_build/html/LANGUAGE`; MyST-NB's working files stay in `_build/sphinx`. With `SOURCE_DATE_EPOCH`
two builds are equal to the byte, but for what they measure: how long each chapter ran, and times
and memory in the outputs of cells with the tag `alone`, beside which no other cell runs.
"""

import datetime
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from bookkit import data, stale
from bookkit.checks import contents, front_matter, parity
from bookkit.checks.book import Book
from bookkit.directives import provenance
from bookkit.errors import BookError, closest
from bookkit.formats.all import FORMATS, collect, output_folder
from bookkit.languages import ORIGINAL
from bookkit.paths import BOOK, BUILD, CODE, FORECASTS, ROOT, SITE, pages
from bookkit.running import cache, execute
from bookkit.web import publishing

# What a reader opens first: a cold build runs these pages first, and writes a site with them.
FIRST = ("index", "introduction", "concepts/neurons")


def run(target: str, variant: str, page: str | None, languages: Sequence[str]) -> int:
    """Build one target and say how long each part took.

    Args:
        target: one of `FORMATS`.
        variant: the data to build on, `sample` or `full`.
        page: the one page to run, beside the first, on these data; others are shown as they last
            ran, or say that they have not. None: all run.
        languages: which of the languages to write.

    Raises:
        MissingTool: a program that the format needs is missing.
        BookError: there is no such target or page, pages differ, a cell raised, or Sphinx warned.
    """
    if target not in FORMATS:
        raise BookError(f"TARGET is one of: {', '.join(FORMATS)}. Received: TARGET={target!r}")
    chosen = FORMATS[target]
    chosen.require()
    # What is wrong with these is said before anything runs.
    publishing.site()
    publishing.repository()
    provenance.edition()
    started = time.monotonic()
    os.environ |= {"BOOK_DATA": variant, "BOOK_PAGE": _known(page)}
    require_parity()
    # Who has a site reads it while pages run again.
    unread = target == "html" and not page and not SITE.is_dir()
    if unread and len(missing(ORIGINAL)) > len(FIRST):
        fill_cache(ORIGINAL, FIRST)
        write(target, languages, partial=True)
        print(f"open {SITE.relative_to(ROOT)}/index.html: the other pages follow", flush=True)
    try:
        fill_cache(ORIGINAL, (FIRST[0], page) if page else None)
    except BookError:
        if target == "html":
            write(target, languages, partial=True)  # what ran can be read
        raise
    executed = time.monotonic()
    write(target, languages, partial=bool(page))
    if chosen.whole:
        collect(target, languages)
    print(
        f"built {target} ({', '.join(languages)}): pages {executed - started:.1f} s, "
        f"Sphinx {time.monotonic() - executed:.1f} s"
    )
    made = BUILD / target
    index = made / "index.html"
    print(f"open {(index if index.exists() else made).relative_to(ROOT)}")
    return 0


def write(target: str, languages: Sequence[str], *, partial: bool) -> None:
    """Write one target of the pages as they ran; with `partial`, the others say that they did not.

    Raises:
        BookError: Sphinx warned.
    """
    os.environ["BOOK_PARTIAL"] = "yes" if partial else ""
    sphinx(FORMATS[target].builders, languages)
    FORMATS[target].finish(languages)


def _known(page: str | None) -> str:
    """Return the name of a page, or nothing where none is asked for."""
    names = pages(BOOK / ORIGINAL)
    if page and page not in names:
        raise BookError(f"there is no page {page!r}; closest: {closest(page, names)}")
    return page or ""


def page_problems() -> list[str]:
    """Return where front matter is wrong, languages are not in step, or pages not listed."""
    book = Book(ROOT)
    checks = (front_matter.check, parity.check, contents.check)
    return [problem for check in checks for problem in check(book)]


def require_parity() -> None:
    """Stop when the pages have such a problem."""
    if problems := page_problems():
        raise BookError("the pages cannot be built:\n" + "\n".join(problems))


def missing(language: str) -> list[str]:
    """Return the names of the pages that have not run as they are."""
    here, tree, views = cache.Environment.here(), BOOK / language, cache.views()
    opened = cache.open_cache(cache.folder_of(here))
    return execute.missing(tree, pages(tree), opened, views, CODE)


def fill_cache(language: str, only: Collection[str] | None = None) -> list[str]:
    """Run the pages of a language that need it; those of the other have the same cells.

    Args:
        language: of which pages are read.
        only: the pages to run, beside those without cells; None: all.

    Returns:
        the names of the pages that ran.
    """
    views = cache.views()
    for page, variant in cache.variants().items():
        print(f"data: {variant}{page and f' for {page}'}", flush=True)
    if not any(execute.FONT_CACHE.glob("fontlist-*.json")):
        environ = os.environ | {"MPLCONFIGDIR": str(execute.FONT_CACHE)}
        execute.FONT_CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(command, env=environ, stderr=subprocess.DEVNULL, check=True)
    here, tree = cache.Environment.here(), BOOK / language
    folder = cache.folder_of(here)
    inputs = _inputs(tree, views)
    complete = folder / f"complete-{language}"  # what pages were made of when none was missing
    if complete.is_file() and complete.read_text(encoding="utf-8") == inputs:
        print(f"pages: all {len(pages(tree))} up to date, nothing to execute", flush=True)
        return []
    opened = cache.open_cache(folder)
    ran = execute.run_missing(tree, pages(tree), opened, here, views, CODE, only=only)
    if only is None:
        complete.write_text(inputs, encoding="utf-8")
    return ran


def _inputs(tree: Path, views: Mapping[str, data.DataView]) -> str:
    """Hash all that decides whether a page has to run, in a tenth of the time of reading pages."""
    described = {page: cache.describe(view) for page, view in views.items()}
    sources = [*sorted(tree.rglob("*.md")), CODE]
    return stale.digest(json.dumps(described, sort_keys=True), *sources)


def sphinx(builders: Sequence[str], languages: Sequence[str]) -> None:
    """Run Sphinx, one process a language, side by side.

    Raises:
        BookError: a language warned or failed; its messages stand above.
    """
    running = {}
    for language in languages:
        command = [sys.executable, "-m", "bookkit", "sphinx", language, *builders]
        environ = os.environ | {"BOOK_LANGUAGE": language, "PYTHONPATH": str(CODE)}
        running[language] = subprocess.Popen(command, cwd=ROOT, env=environ)
    failed = [language for language, process in running.items() if process.wait()]
    if failed:
        raise BookError(f"Sphinx failed or warned in: {', '.join(failed)} (see above)")


def sphinx_of(language: str, builders: Sequence[str]) -> int:
    """Run Sphinx for one language in this process: its builders in turn, the pages read once.

    Returns:
        0, or the exit code of the first builder that failed.
    """
    from sphinx.cmd.build import build_main

    # Trees of pages are objects by the hundred thousand that stay: to look through them as often
    # as Python does takes a tenth of the time.
    gc.set_threshold(200_000, 20, 50)
    doctrees = BUILD / "sphinx" / language / "doctrees"
    for builder in builders:
        made = output_folder(builder, language)
        # A builder takes seconds to find that it has nothing to write; the first has found it.
        if builder != builders[0] and made.is_dir() and stale.same(doctrees, builder, builders[0]):
            continue
        arguments = ["-q", "-n", "-W", "--keep-going", "-b", builder, "-c", str(ROOT)]
        arguments += ["-d", str(doctrees), str(BOOK / language)]
        code = build_main([*arguments, str(made)])
        if code:  # the next build reads all pages, and so warns again
            (doctrees / "environment.pickle").unlink(missing_ok=True)
            return code
    return 0


def due() -> int:
    """Print which forecasts of the book can be decided."""
    from bookkit.checks.due import notes

    for line in notes(FORECASTS, datetime.datetime.now(datetime.UTC).date()):
        print(line)
    return 0


def check() -> int:
    """Run all checks that need no build, and print what each found."""
    from bookkit.checks import all as checks  # its tools are not among those that a build needs
    from bookkit.checks import steps

    book = Book(ROOT)
    problems = checks.run(book)
    print(steps.table(book))
    for problem in problems:
        print(problem)
    print(f"pages: {len(problems)} problems")
    due()
    return 1 if problems else 0
