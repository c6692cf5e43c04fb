"""Scores of forecasts, simulated outcomes and sampling error."""

import numpy as np


def brier_score(probabilities, outcomes):
    """Brier score: mean squared difference of probability and outcome.

    Args:
        probabilities: as stated, from 0 to 1, shape `(n,)`.
        outcomes: 1 for what happened, 0 for what did not, shape `(n,)`.
    """
    gaps = np.asarray(probabilities, float) - np.asarray(outcomes, float)
    return float(np.mean(gaps**2))


def expected_square(stated, chance):
    """Expect the squared gap of one forecast of an event with this chance."""
    return chance * (1 - stated) ** 2 + (1 - chance) * stated**2


def expected_absolute_error(stated, chance):
    """Expected absolute error of a stated probability."""
    return chance * (1 - stated) + (1 - chance) * stated


def simulate_outcomes(chances, *, draws=20_000, seed=0):
    """Monte Carlo: which of `n` independent events happen."""
    generator = np.random.default_rng(seed)
    return generator.random((draws, len(chances))) < np.asarray(chances)


def simulated_brier_scores(stated, outcomes):
    """Brier scores of the same forecasts, one for each simulation."""
    return np.mean((np.asarray(stated) - outcomes) ** 2, axis=1)


def make_overconfident(probabilities):
    """Push probabilities halfway to 0 or 1, whichever is nearer."""
    probabilities = np.asarray(probabilities, float)
    return (probabilities + (probabilities > 0.5)) / 2


def binomial_interval(chance, n, *, draws=20_000, seed=0):
    """Central 90% interval of a binomial proportion."""
    generator = np.random.default_rng(seed)
    shares = generator.binomial(n, chance, size=draws) / n
    low, high = np.quantile(shares, (0.05, 0.95))
    return float(low), float(high)
