"""Where the book is published, from environment variables: nothing known, nothing promised."""

import ast
import os
import re
from urllib.parse import quote, urlsplit

from nbformat import NotebookNode

from bookkit.errors import BookError
from bookkit.running import cache

HOST = re.compile(r"[\w.-]+(:\d+)?", re.ASCII)
GITHUB = re.compile(r"https://github\.com/([\w-]+/[\w.-]+?)(\.git)?/?", re.ASCII)
# The branch of the repository that holds the built site, notebooks included.
BRANCH = "gh-pages"
SERVICES = {
    "Colab": "https://colab.research.google.com/github/{name}/blob/{branch}/{path}",
    "Binder": "https://mybinder.org/v2/gh/{name}/{branch}?labpath={quoted}",
    "Kaggle": "https://kaggle.com/kernels/welcome?src=https://github.com/{name}/blob/{branch}/{path}",
}
BACKEND = re.compile(r'"KERAS_BACKEND"\] = "(\w+)"')
# Packages whose module has another name.
MODULES = {"scikit-learn": "sklearn", "keras-hub": "keras_hub"}
DATA_LINES = """\
import os
import urllib.request
import zipfile

urllib.request.urlretrieve("{address}", "sample-data.zip")
zipfile.ZipFile("sample-data.zip").extractall()
os.environ["KERASBOOK_DATA"] = "sample-data\""""


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


def setup_cell(name: str, cells: list[NotebookNode], reads_data: bool) -> str:
    """Write the cell that readies a machine which has nothing of the book.

    Args:
        name: the repository's `OWNER/NAME`.
        cells: the code cells of a page; what they import is what gets installed.
        reads_data: whether the page reads the book's data.
    """
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    # Keras imports the backend that the first cell names.
    names += [name for cell in cells for name in BACKEND.findall(cell.source)]
    roots = {each.partition(".")[0] for each in names}
    wanted = [
        f'"{requirement}"'
        for requirement in cache.requirements()
        if MODULES.get(requirement.name, requirement.name) in roots
    ]
    lines = [
        "# Colab, Kaggle and Binder first need this; at home, install it once and skip the cell."
    ]
    lines += [f"%pip install -q {' '.join(wanted)}"] if wanted else []
    if reads_data:
        address = f"https://raw.githubusercontent.com/{name}/{BRANCH}/sample-data.zip"
        lines.append(DATA_LINES.format(address=address))
    return "\n".join(lines)
