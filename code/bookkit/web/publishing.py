"""Where the book is published, from environment variables: nothing known, nothing promised.

Colab, Binder and Kaggle read `LANGUAGE/notebooks/….ipynb` from a public repository on GitHub, whose
branch `gh-pages` must hold the content of `_build/html` at its root. In published notebooks the
first cell fetches the sample data, and with `BOOK_SITE` links lead to the web, for Colab opens one
notebook alone. Crawlers look for `robots.txt` at the root of a host only: if the site lies deeper,
hand `sitemap.xml` to the search engines. There is no Atom feed, since errata and changes are
entries of one page, not dated documents; `CHANGELOG.md` has them.
"""

import os
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from bookkit.errors import BookError
from bookkit.paths import BUILD

HOST = re.compile(r"[\w.-]+(:\d+)?", re.ASCII)
GITHUB = re.compile(r"https://github\.com/([\w-]+/[\w.-]+?)(\.git)?/?", re.ASCII)
# The branch of the repository that holds the built site, notebooks included.
BRANCH = "gh-pages"
# What a page's script is called after the page: no name of a module, since beside a `keras.py`
# `import keras` would find the script.
SCRIPT = "-page.py"
SERVICES = {
    "Colab": "https://colab.research.google.com/github/{name}/blob/{branch}/{path}",
    "Binder": "https://mybinder.org/v2/gh/{name}/{branch}?labpath={quoted}",
    "Kaggle": "https://kaggle.com/kernels/welcome?src=https://github.com/{name}/blob/{branch}/{path}",
}
NOTEBOOK = ".ipynb"


def copy_of(docname: str, suffix: str) -> str:
    """Return the address, from a page, of its notebook or script: beside the language's pages."""
    return f"{'../' * docname.count('/')}notebooks/{docname}{suffix}"


def site() -> str:
    """Return the site's whole address from `BOOK_SITE`, a slash at its end, or nothing.

    Raises:
        BookError: the value is no such address.
    """
    value = os.environ.get("BOOK_SITE", "").strip()
    if not value:
        return ""
    parts = urlsplit(value)
    whole = parts.scheme in ("http", "https") and HOST.fullmatch(parts.netloc)
    if not whole or parts.query or parts.fragment:
        raise BookError(
            f"BOOK_SITE={value!r} is not the address of a site: give all of it, such as "
            "https://example.org/book/, or leave BOOK_SITE unset"
        )
    return value.rstrip("/") + "/"


def repository() -> str:
    """Return `OWNER/NAME` from the address in `BOOK_REPOSITORY`, or nothing.

    Raises:
        BookError: the value is no address of a repository on GitHub.
    """
    value = os.environ.get("BOOK_REPOSITORY", "").strip()
    if not value:
        return ""
    match = GITHUB.fullmatch(value)
    if not match:
        raise BookError(
            f"BOOK_REPOSITORY={value!r} is not a repository on GitHub, the only host that Colab, "
            "Binder and Kaggle open notebooks from: give https://github.com/OWNER/NAME, or leave "
            "BOOK_REPOSITORY unset"
        )
    return match.group(1)


def services(name: str, language: str, docname: str) -> list[dict[str, str]]:
    """Return where the notebook of a page opens, given the repository's `OWNER/NAME`."""
    path = f"{language}/notebooks/{docname}.ipynb"
    values = {"name": name, "branch": BRANCH, "path": path, "quoted": quote(path, safe="")}
    return [
        {"name": service, "address": address.format(**values)}
        for service, address in SERVICES.items()
    ]


def book_file(name: str, language: str) -> Path:
    """Return where `make NAME` puts the whole book of a language."""
    return BUILD / name / f"keras-book-{language}.{name}"
