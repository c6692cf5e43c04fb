"""Kernels that are forked from a process with Keras in it: importing Keras takes eight seconds.

Only a page that begins as most do is run so: its first cell chooses a backend and sets no other
variable of the environment, which a library may read when it is imported.
"""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbformat import NotebookNode

from bookkit.running import forker

BACKEND = re.compile(r'^os\.environ\["KERAS_BACKEND"\] = "(\w+)"', re.MULTILINE)
# A library may read another variable when it is imported; and what is imported may be the question.
SENSITIVE = re.compile(
    r'os\.environ\[(?!"KERAS_BACKEND")[^]]+\] = |os\.environ(\.update| \|=)|in sys\.modules'
)
POSSIBLE = hasattr(os, "pidfd_open") and hasattr(socket, "send_fds")  # Linux


def backend_of(cells: list[NotebookNode]) -> str | None:
    """Return the backend to import beforehand, or none if a page has to import it itself."""
    chosen = BACKEND.search(cells[0].source)
    backends = {name for cell in cells for name in BACKEND.findall(cell.source)}
    if not (POSSIBLE and chosen) or len(backends) > 1:
        return None
    return None if any(SENSITIVE.search(cell.source) for cell in cells) else chosen[1]


class Forks:
    """Processes that have imported Keras, one for each backend; they end with the `with` block."""

    def __init__(self, environment: Mapping[str, str]):
        self._environment = dict(environment)
        self._started: dict[str, tuple[subprocess.Popen[bytes], socket.socket]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> "Forks":
        return self

    def __exit__(self, *_: object) -> None:
        for process, requests in self._started.values():
            requests.close()
            process.kill()  # kernels that still run end as they see it
            process.wait()

    def kernel(self, backend: str, request: dict, files: list[int]) -> "Forked":
        """Fork a kernel; the first one of a backend waits until Keras is imported.

        Raises:
            RuntimeError: it cannot be imported.
        """
        text = json.dumps(request).encode()
        assert len(text) < forker.MOST_BYTES
        with self._lock:
            if backend not in self._started:
                self._started[backend] = self._start(backend)
            _, requests = self._started[backend]
            try:
                socket.send_fds(requests, [text], files)
                return Forked(int(requests.recv(20)))
            except (OSError, ValueError) as error:
                command = f"KERAS_BACKEND={backend} {sys.executable} -c 'import keras'"
                raise RuntimeError(f"Keras cannot be imported. Try: {command}") from error

    def _start(self, backend: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            script = str(Path(forker.__file__))
            modules = ("keras", "ipykernel.kernelapp")
            command = [sys.executable, "-P", script, str(theirs.fileno()), *modules]
            environment = self._environment | {"KERAS_BACKEND": backend}
            process = subprocess.Popen(
                command,
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        return process, ours


class Forked:
    """A kernel's process as `subprocess.Popen` shows one; it is no child of this process."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        self._end = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return none while it runs, and then 0: its own code is not known."""
        return 0 if select.select([self._end], [], [], 0)[0] else None

    def wait(self) -> int:
        """Wait until it has ended."""
        select.select([self._end], [], [])
        return 0

    def send_signal(self, signum: int) -> None:
        """Send a signal, of which a process that has ended takes no notice."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Make it end."""
        self.send_signal(signal.SIGKILL)


class Provisioner(LocalProvisioner):
    """Starts a kernel by a fork."""

    forks: Forks
    backend: str

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork; `cmd` is what would start Python: the kernel takes the arguments behind `-m`."""
        request = {
            "arguments": cmd[cmd.index("-m") + 1 :],
            "environment": kwargs["env"],
            "folder": kwargs["cwd"],
        }
        files = [kwargs[name].fileno() for name in ("stdout", "stderr")]
        kernel = self.forks.kernel(self.backend, request, files)
        self.process = kernel  # type: ignore[assignment]  # it does what is asked of a `Popen`
        self.pid = self.pgid = kernel.pid
        return self.connection_info


def manager(forks: Forks, backend: str) -> type[AsyncKernelManager]:
    """Make a class of managers whose kernels are forked."""

    class Manager(AsyncKernelManager):
        async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict]:
            self.provisioner = Provisioner(kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.forks, self.provisioner.backend = forks, backend
            return await super()._async_pre_start_kernel(**kwargs)

    return Manager
