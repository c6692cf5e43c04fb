"""Serve a folder as a host of static sites does, and note how many bytes are sent."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# What hosts compress; pictures, fonts and Pagefind's index are compressed already.
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")


class Site(ThreadingHTTPServer):
    """A folder that is being served: its address, and the bytes of each answer, with headers."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.address = f"http://127.0.0.1:{self.server_port}/"
        self.sizes: list[int] = []


@cache
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        """Send a file, compressed where a host would, to be kept for ten minutes."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(path)
        packed = kind.startswith(COMPRESSED)
        body = _compressed(path) if packed else path.read_bytes()
        self.send_response(200)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        # Noted before it is sent: whoever has the answer finds it in the list.
        head = b"".join(self._headers_buffer)  # type: ignore[attr-defined] # no stub knows it
        self.server.sizes.append(len(head) + len(body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep the log of requests out of the report."""


@contextmanager
def serve(folder: Path) -> Iterator[Site]:
    """Serve a folder on a free port."""
    with Site(folder) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        try:
            yield site
        finally:
            site.shutdown()
