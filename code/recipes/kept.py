"""Arrays that one run computes for long and the next ones take as they are."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from bookkit.paths import BUILD

STORE = BUILD / "kept"


def kept_arrays(
    name: str, parts: Iterable[bytes], compute: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return the arrays that `compute` gives, from the build folder if it gave them before.

    Args:
        name: how the file begins.
        parts: all that the arrays depend on: data, weights, code.
        compute: returns arrays by name.
    """
    import numpy as np

    key = hashlib.sha256()
    for part in parts:
        key.update(hashlib.sha256(part).digest())
    path = STORE / f"{name}-{key.hexdigest()[:16]}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part.npz")  # a run that is ended leaves no half
        np.savez(temporary, allow_pickle=False, **compute())
        temporary.replace(path)
    with np.load(path, allow_pickle=False) as archive:
        return {each: archive[each] for each in archive.files}
