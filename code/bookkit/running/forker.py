"""Import Keras once and become a kernel at each request, by a fork (see `forked`).

A script of its own that imports nothing of the book: what it has imported, its kernels have, too.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys

MOST_BYTES = 100_000  # of a request: arguments and environment
FILES = 2  # that come along: where a kernel writes what is printed past Python


def serve(requests: socket.socket) -> dict | None:
    """Fork at each request and answer with the process id, until the other side is gone.

    Returns:
        in a child, its request; in the parent, none at the end.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # kernels that have ended do not stay as zombies
    while True:
        text, files, *_ = socket.recv_fds(requests, MOST_BYTES, FILES)
        if not text:
            return None
        pid = os.fork()
        if not pid:
            _settle(requests, files)
            return json.loads(text)
        requests.send(str(pid).encode())
        for file in files:
            os.close(file)


def _settle(requests: socket.socket, files: list[int]) -> None:
    """Make a fork a process like any other: a group, an input and outputs of its own."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    requests.close()
    os.setsid()
    for target, file in enumerate([os.open(os.devnull, os.O_RDONLY), *files]):
        os.dup2(file, target)
        os.close(file)


def main(number: str, *modules: str) -> None:
    """Import modules, then serve the socket of this number."""
    # What a kernel would say itself, had it not been said when Keras imported Matplotlib.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for module in modules:
        importlib.import_module(module)
    gc.freeze()  # the collector would copy pages of memory that all kernels share
    gc.set_threshold(50_000)  # tracing makes many objects, and few of them are garbage
    request = serve(socket.socket(fileno=int(number)))
    if request is None:
        return
    os.environ.clear()
    os.environ.update(request["environment"], JPY_PARENT_PID=str(os.getppid()))
    os.chdir(request["folder"])
    sys.argv = request["arguments"]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main(*sys.argv[1:])
