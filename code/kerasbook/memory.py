"""How much memory a process has held."""

import resource
import sys
from pathlib import Path


def peak_memory_mib():
    """Return the most memory this process has held so far, in MiB.

    Linux has two answers, both in KiB. `VmHWM` is this program's own peak;
    `ru_maxrss` may be that of the process which started it. macOS has the
    second only, in bytes.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def held_memory_mib():
    """Return the memory this process holds now, in MiB; off Linux, its peak."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return peak_memory_mib()
