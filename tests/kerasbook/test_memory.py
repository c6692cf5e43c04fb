from pathlib import Path

import numpy as np
import pytest

from kerasbook.memory import held_memory_mib, peak_memory_mib


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells")
def test_memory_that_is_given_back_counts_for_the_peak_alone():
    before = held_memory_mib()
    block = np.ones(50 * 2**20, dtype=np.uint8)
    during = held_memory_mib()
    del block
    assert during - before == pytest.approx(50, abs=5)
    assert held_memory_mib() < during - 25
    assert peak_memory_mib() >= during - 1


def test_where_no_file_tells_the_peak_stands_in(monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: False)
    assert held_memory_mib() == peak_memory_mib()
