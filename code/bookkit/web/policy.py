"""The content security policy of every page: what it may load, and which scripts it may run.

A page loads files of its own site and pictures written into it, and asks no other host. Of scripts
it runs those files and the few lines that its template writes into its head, each named by hash: no
text of a page, nothing that a reader types and no output of a cell can become a script.
"""

import base64
import hashlib
import re
from pathlib import Path

from bookkit.errors import BookError

HEAD = re.compile(r'<meta charset="utf-8"\s*/?>\n?')
META = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>(.*?)</script>", re.S
)
OWN = "'self' file:"  # browsers differ in whether a page opened as a file is "self"
RULES = {
    "default-src": "'none'",
    # Pagefind is WebAssembly, which this lets run; `eval` it does not
    "script-src": f"{OWN} 'wasm-unsafe-eval'",
    # widths of pictures stand at the pictures, and one rule without JavaScript in the page
    "style-src": f"{OWN} 'unsafe-inline'",
    "img-src": f"{OWN} data:",
    "font-src": f"{OWN} data:",
    "connect-src": "'self'",
    "base-uri": "'self'",
    "form-action": OWN,
}


def apply(site: Path) -> None:
    """Write its policy into every page of a site."""
    for path in sorted(site.rglob("*.html")):
        if "_static" in path.relative_to(site).parts:  # the theme's templates
            continue
        text = path.read_text(encoding="utf-8")
        try:
            governed = with_policy(text)
        except BookError as error:
            raise BookError(f"{path.relative_to(site)}: {error}") from error
        if governed != text:
            path.write_text(governed, encoding="utf-8")


def with_policy(text: str) -> str:
    """Return a page with its policy, in place of an older one.

    Raises:
        BookError: it has no head to write it into, or a script outside of it.
    """
    text = META.sub("", text)
    head, _, body = text.partition("</head>")
    if not (start := HEAD.search(head)):
        raise BookError("the page's head does not begin with its charset, and so has no policy")
    if found := INLINE.search(body):
        raise BookError(
            f"a script within the page would not run: {found[1].strip()[:60]!r}; "
            "write it in book/_static, or take it out of the output"
        )
    policy = _policy(INLINE.findall(head))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    return text[: start.end()] + meta + text[start.end() :]


def _policy(scripts: list[str]) -> str:
    """Return the rules of a page that has these scripts in its head."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = RULES | {"script-src": RULES["script-src"] + hashes}
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())
