"""Serve a folder as a host of static sites does, and note every byte that is sent."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# What hosts compress; pictures, fonts and Pagefind's index are compressed already.
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True)
class Sent:
    """One answer: what was asked for, its media type, and its size with headers, compressed."""

    path: str
    kind: str
    size: int


@dataclass
class Site:
    """A folder that is being served: its address, and what was sent since `clear`."""

    address: str = ""
    sent: list[Sent] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what was sent."""
        self.sent.clear()

    def size(self) -> int:
        """Return the bytes sent."""
        return sum(each.size for each in self.sent)


@cache
def _compressed(path: Path, mtime_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, site: Site, **options: object):
        self.site = site
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Send a file, compressed where a host would, to be kept for ten minutes."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        kind, body = self.guess_type(path), path.read_bytes()
        self.send_response(200)
        if kind.startswith(COMPRESSED):
            body = _compressed(path, path.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        # Noted before it is sent: whoever has the answer finds it in the list.
        size = len(b"".join(self._headers_buffer)) + len(body)
        self.site.sent.append(Sent(self.path, kind, size))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep the log of requests out of the report."""


@contextmanager
def serve(folder: Path) -> Iterator[Site]:
    """Serve a folder on a free port."""
    site = Site()

    def handler(*arguments: object) -> _Handler:
        return _Handler(*arguments, site=site, directory=str(folder))

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site.address = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield site
        finally:
            server.shutdown()
