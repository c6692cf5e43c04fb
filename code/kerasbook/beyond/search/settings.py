"""Sample configurations: uniformly, or uniformly in the exponent."""

import numpy as np


def sample_value(kind, low, high, generator):
    """Sample uniformly or log-uniformly between two bounds."""
    if kind == "log":
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))
    return float(generator.uniform(low, high))


def sample_configurations(space, count, *, seed):
    """Sample hyperparameter configurations from a search space.

    Args:
        space: dict by name of `(kind, low, high)`, as for `sample_value`.
        count: how many configurations.
        seed: of the generator.

    Returns:
        list of dicts by name of numbers.
    """
    check_space(space)
    generator = np.random.default_rng(seed)
    return [
        {name: sample_value(*ends, generator) for name, ends in space.items()}
        for _ in range(count)
    ]


def check_space(space):
    """Refuse a space from which nothing can be drawn.

    Raises:
        ValueError: it is empty, or a range has an unknown kind, its ends in
            the wrong order, or zero or less in logarithms.
    """
    if not space:
        raise ValueError(
            "Expected a range for each hyperparameter, such as "
            f"{{'learning_rate': ('log', 1e-4, 0.1)}}. Received: {space!r}"
        )
    for name, ends in space.items():
        kind, low, high = ends
        if kind not in ("uniform", "log"):
            cure = "Expected the kind 'uniform' or 'log'"
        elif low > high:
            cure = "Expected the lower end first"
        elif kind == "log" and low <= 0:
            cure = "Expected ends above 0, or the kind 'uniform'"
        else:
            continue
        raise ValueError(f"{cure}. Received: {name}={ends!r}")
