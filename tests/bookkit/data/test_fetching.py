"""Fetching, driven against a local server with faults."""

import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bookkit.data import fetching, folders
from bookkit.data.conversion import cluener_from_zip, newsgroups_from_tar
from bookkit.data.registry import File, Source, Specification
from bookkit.errors import BookError
from bookkit.paths import CODE

NOBODY = 65534
GOOD = bytes(range(256)) * 2000
GOOD_SHA256 = hashlib.sha256(GOOD).hexdigest()
PATIENT_S = 300  # until what must come has come: only what fails waits so long


class FaultyServer(ThreadingHTTPServer):
    """Answers each request with the next fault of `plan`, and with the good file after."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), FaultyHandler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.plan = []
        self.asked = []
        self.body = GOOD
        self.go_on = threading.Event()

    def handle_error(self, request, client_address):
        """Stay silent when a client leaves in the middle."""


class FaultyHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        getattr(self, self.server.plan.pop(0) if self.server.plan else "good")()

    def good(self):
        self.answer(self.server.body)

    def cut(self):
        self.answer(GOOD[:100_000])

    def wrong(self):
        self.answer(GOOD[::-1])

    def slow(self):
        self.answer(GOOD[:200_000])
        self.wfile.flush()
        self.server.go_on.wait(PATIENT_S)
        self.wfile.write(GOOD[200_000:])

    def missing(self):
        self.send_error(404)

    def broken(self):
        self.send_error(500)

    def answer(self, content):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.body)))
        # Some servers pack whatever may be packed, and so unpack what was packed before.
        self.send_header("Content-Encoding", self.headers["Accept-Encoding"].split(",")[0])
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Keep the test output clean."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("KERASBOOK_MIRROR", raising=False)
    monkeypatch.setattr(fetching, "RETRIES", 0)
    with FaultyServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.go_on.set()
        server.shutdown()
        thread.join()


def copy(paths, target):
    (target / "thing").mkdir()
    for name, path in paths.items():
        (target / "thing" / name).write_bytes(path.read_bytes())


def source(address, convert=copy, sha256=GOOD_SHA256):
    return Source(address, (File(address, sha256),), convert)


def thing(*sources):
    return Specification("thing", "none", "1 MB", "one file", sources)


def online(server, **settings):
    return thing(source(f"{server.address}/one.bin", **settings))


def there(folder):
    """Return what of the dataset is in a folder, or is left over from making it."""
    files = [*folder.glob("thing/*"), *folder.glob(".partial/**/*")]
    return {path.name: path.read_bytes() for path in files if path.is_file()}


FAULTS = {
    "slow": "no data for 0.3 s",
    "cut": "not reached, or cut off (ChunkedEncodingError)",
    "wrong": f"expected {GOOD_SHA256} but got",
    "missing": "the server answered 404",
    "broken": "the server answered 500",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_leaves_nothing_and_the_next_run_succeeds(
    server, tmp_path, monkeypatch, fault
):
    server.plan = [fault]
    with monkeypatch.context() as patch:
        # Only where the server stalls: a good answer may take longer on a busy machine.
        if fault == "slow":
            patch.setattr(fetching, "TIMEOUT_S", 0.3)
        with pytest.raises(BookError, match="thing: no source is left") as caught:
            fetching.fetch(online(server), tmp_path)
    assert FAULTS[fault] in str(caught.value)
    assert there(tmp_path) == {}
    wait_until(lambda: not server.plan)  # who gave up may have done so before the server came to it
    fetching.fetch(online(server), tmp_path)
    assert there(tmp_path) == {"one.bin": GOOD}
    assert len(folders.verify(online(server), tmp_path)) == 64


@pytest.mark.parametrize("fault", ["cut", "broken"])
def test_a_passing_fault_is_tried_again_in_the_same_run(server, tmp_path, monkeypatch, fault):
    monkeypatch.setattr(fetching, "RETRIES", 1)
    server.plan = [fault]
    fetching.fetch(online(server), tmp_path)
    assert there(tmp_path) == {"one.bin": GOOD}


def test_every_source_is_tried_in_order_and_named_with_its_reason_and_a_cure(server, tmp_path):
    server.plan = ["missing"]
    mirrored = Source("mirror one", (File("mirror:one.bin"),), copy)
    address = f"{server.address}/one.bin"
    known = thing(mirrored, source(address), source("http://127.0.0.1:9/one.bin"))
    with pytest.raises(BookError) as caught:
        fetching.fetch(known, tmp_path)
    assert str(caught.value).splitlines() == [
        "thing: no source is left",
        f"  {address}: {address}: the server answered 404 Not Found",
        "  http://127.0.0.1:9/one.bin: http://127.0.0.1:9/one.bin: "
        "not reached, or cut off (ConnectionError)",
        "  try again online, or let KERASBOOK_MIRROR name a folder with one",
    ]


def test_the_mirror_comes_first_and_is_left_as_it_is(server, tmp_path, monkeypatch):
    monkeypatch.setenv("KERASBOOK_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "one.bin").write_bytes(GOOD)
    known = thing(source("mirror:one.bin"), source(f"{server.address}/one.bin"))
    fetching.fetch(known, tmp_path / "data")
    assert there(tmp_path / "data") == {"one.bin": GOOD}
    assert server.asked == []
    assert (tmp_path / "mirror" / "one.bin").read_bytes() == GOOD


@pytest.mark.parametrize("content", [b"other", None])
def test_a_wrong_or_missing_mirror_file_is_named_and_the_next_source_used(
    server, tmp_path, monkeypatch, capsys, content
):
    monkeypatch.setenv("KERASBOOK_MIRROR", str(tmp_path))
    if content:
        (tmp_path / "one.bin").write_bytes(content)
    known = thing(source("mirror:one.bin"), source(f"{server.address}/one.bin"))
    fetching.fetch(known, tmp_path / "data")
    assert there(tmp_path / "data") == {"one.bin": GOOD}
    reason = f"expected {GOOD_SHA256}" if content else f"{tmp_path}/one.bin: no such file"
    assert reason in capsys.readouterr().err


def test_what_is_there_is_not_fetched_again(server, tmp_path, capsys):
    fetching.fetch(online(server), tmp_path)
    fetching.fetch(online(server), tmp_path)
    assert server.asked == ["/one.bin"]
    assert "thing: already in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "problem"),
    [("thing/one.bin", "is damaged: expected SHA-256"), ("manifest.json", "no recorded checksum")],
)
def test_what_nothing_vouches_for_is_set_aside_and_fetched_again(
    server, tmp_path, capsys, path, problem
):
    for _ in range(2):
        fetching.fetch(online(server), tmp_path)
        (tmp_path / path).write_bytes(b"damage")
        with pytest.raises(BookError, match=problem):
            folders.verify(online(server), tmp_path)
        fetching.fetch(online(server), tmp_path)
        assert there(tmp_path) == {"one.bin": GOOD}
        assert problem in capsys.readouterr().err
    expected = b"damage" if "thing" in path else GOOD
    aside = [path.read_bytes() for path in tmp_path.glob("corrupt-*/thing/one.bin")]
    assert aside == [expected, expected]


def tar_of(name):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return stream.getvalue()


def refuse(paths, target):
    raise ValueError("Expected other data")


@pytest.mark.parametrize(
    ("convert", "body", "reason"),
    [
        (newsgroups_from_tar, GOOD, "ReadError"),
        (newsgroups_from_tar, tar_of("../evil"), "OutsideDestinationError"),
        (cluener_from_zip, GOOD, "BadZipFile"),
        (refuse, GOOD, "Expected other data"),
    ],
    ids=["no archive", "one that leaves its folder", "no zip", "other data"],
)
def test_what_cannot_be_converted_is_a_reason_and_is_not_kept(
    server, tmp_path, convert, body, reason
):
    server.body = body
    with pytest.raises(BookError, match=reason):
        fetching.fetch(online(server, convert=convert, sha256=None), tmp_path / "data")
    assert there(tmp_path / "data") == {}
    assert not list(tmp_path.rglob("evil"))


def fetch_two(address, folder):
    """Fetch two files in a process of its own."""
    files = tuple(File(f"{address}/{name}", GOOD_SHA256) for name in ("one.bin", "two.bin"))
    fetching.fetch(thing(Source("local", files, copy)), Path(folder))


def start_child(server, folder):
    code = "import sys, test_fetching; test_fetching.fetch_two(*sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, server.address, str(folder)],
        env={**os.environ, "PYTHONPATH": f"{CODE}{os.pathsep}{Path(__file__).parent}"},
        stderr=subprocess.PIPE,
        text=True,
    )


def is_begun(path):
    """Say whether a temporary file holds something; it goes when it is whole."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def wait_until(condition):
    end = time.monotonic() + PATIENT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_second_process_waits_and_shares(server, tmp_path):
    server.plan = ["slow"]
    with start_child(server, tmp_path) as first:
        wait_until(lambda: server.asked)
        with start_child(server, tmp_path) as second:
            assert "another process is busy" in second.stderr.readline()
            server.go_on.set()
            assert "already in" in second.stderr.read()
        first.stderr.read()
    assert (first.returncode, second.returncode) == (0, 0)
    assert server.asked == ["/one.bin", "/two.bin"]
    assert there(tmp_path) == {"one.bin": GOOD, "two.bin": GOOD}


def test_a_kill_leaves_nothing_half_done_and_the_next_run_goes_on(server, tmp_path):
    server.plan = ["good", "slow"]
    with start_child(server, tmp_path) as child:
        wait_until(lambda: len(server.asked) == 2)
        wait_until(lambda: any(map(is_begun, tmp_path.glob(".partial/thing/tmp*"))))
        child.send_signal(signal.SIGKILL)
        child.stderr.read()
    assert not (tmp_path / "thing").exists()
    server.go_on.set()
    with start_child(server, tmp_path) as child:
        child.stderr.read()
    assert server.asked == ["/one.bin", "/two.bin", "/two.bin"]
    assert there(tmp_path) == {"one.bin": GOOD, "two.bin": GOOD}
    assert list((tmp_path / ".partial").iterdir()) == []


def test_what_a_killed_run_left_is_gone_after_the_next(server, tmp_path):
    for name in ("tmp0/thing/one.bin", "tmp1/thing-1.tgz", "tmp2"):
        path = tmp_path / ".partial" / "thing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    server.plan = ["missing"]
    with pytest.raises(BookError, match="404"):
        fetching.fetch(online(server), tmp_path)
    assert there(tmp_path) == {}


@pytest.fixture
def read_only():
    """A folder that nobody may write to, tests that run as root included."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        if user == 0:
            os.seteuid(NOBODY)
        yield Path(folder)
        os.seteuid(user)
        Path(folder).chmod(0o755)


def test_a_read_only_folder_is_one_clear_error(server, read_only):
    with pytest.raises(BookError, match=f"{read_only}: it cannot be written; make it writable"):
        fetching.fetch(online(server), read_only)
    assert list(read_only.iterdir()) == []


def test_a_folder_that_is_a_file_is_one_clear_error(server, tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(BookError, match="it is not a folder; move that file away"):
        fetching.fetch(online(server), tmp_path / "data")


@pytest.mark.parametrize("moment", ["download", "conversion"])
def test_a_full_disk_is_one_clear_error(server, tmp_path, monkeypatch, moment):
    def fill(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if moment == "download":
        monkeypatch.setattr("pooch.HTTPDownloader.__call__", fill)
    with pytest.raises(BookError, match="the disk is full; make room") as caught:
        fetching.fetch(online(server, convert=fill), tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: ")
    assert not (tmp_path / "thing").exists()


PACKAGE = thing(source("npm:thing@1"))


def fake_npm(folder, monkeypatch, script):
    program = folder / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def test_npm_pack_gives_the_archive(tmp_path, monkeypatch):
    (tmp_path / "package").write_bytes(GOOD)
    script = f'[ "$1 $2" = "pack thing@1" ] && cp "{tmp_path}/package" thing-1.tgz'
    fake_npm(tmp_path, monkeypatch, script)
    fetching.fetch(PACKAGE, tmp_path / "data")
    assert there(tmp_path / "data") == {"thing@1": GOOD}


def test_missing_npm_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BookError, match=r"https://nodejs\.org/ or with `apt-get install npm`"):
        fetching.fetch(PACKAGE, tmp_path)


WHEEL = thing(source("pypi:thing==1"))


def fake_pip(folder, monkeypatch, script):
    program = folder / "python"
    program.write_text(f"#!/bin/sh\nfor package; do :; done\n{script}\n")  # the last argument
    program.chmod(0o755)
    monkeypatch.setattr(fetching.sys, "executable", str(program))


def test_pip_gives_the_wheel(tmp_path, monkeypatch):
    (tmp_path / "wheel").write_bytes(GOOD)
    script = f'[ "$package" = thing==1 ] && cp "{tmp_path}/wheel" thing-1-py3-none-any.whl'
    fake_pip(tmp_path, monkeypatch, script)
    fetching.fetch(WHEEL, tmp_path / "data")
    assert there(tmp_path / "data") == {"thing==1": GOOD}


PACKERS = {"npm pack": (fake_npm, PACKAGE, "tgz"), "pip download": (fake_pip, WHEEL, "whl")}
PACKING_FAULTS = {
    "touch thing-1.{ending}; exit 1": "failed: no message",
    "exit 0": "failed: no message",
    "echo other > thing-1.{ending}": f"expected {GOOD_SHA256} but got",
    "exec sleep 60": "took more than 0.2 s",
}
SAID = "echo one >&2; echo two >&2; echo three >&2; exit 1"
NPM_SAYS, PIP_SAYS = ("npm pack", "failed: one two"), ("pip download", "failed: three")


@pytest.mark.parametrize(
    ("packer", "script", "reason"),
    [(packer, *fault) for packer in PACKERS for fault in PACKING_FAULTS.items()]
    + [(packer, SAID, reason) for packer, reason in (NPM_SAYS, PIP_SAYS)],
)
def test_a_fault_of_a_program_that_packs_is_a_reason(tmp_path, monkeypatch, packer, script, reason):
    fake, package, ending = PACKERS[packer]
    fake(tmp_path, monkeypatch, script.format(ending=ending))
    monkeypatch.setattr(fetching, "PACK_TIMEOUT_S", 0.2 if "sleep" in script else 60)
    with pytest.raises(BookError, match=reason if "expected" in reason else f"{packer} {reason}"):
        fetching.fetch(package, tmp_path / "data")
    assert there(tmp_path / "data") == {}
