"""Where the book is published, from environment variables: nothing known, nothing promised."""

import os
import re
from urllib.parse import urlsplit

from bookkit.errors import BookError

HOST = re.compile(r"[\w.-]+(:\d+)?", re.ASCII)


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
