"""Rules that forecast, let loose on the past: each sees only what was known."""

import numpy as np

from kerasbook.outlook.forecasts.releases import (
    days_between,
    laplace_estimate,
    months_with,
)


def hazard_estimate(days, first, following):
    """Estimated probability that a waiting time ends now, given its age.

    Later days are not looked at.
    """
    past = [day for day in days if day < first]
    age = (first - past[-1]).days
    ahead = (following - first).days
    lasted = [gap for gap in days_between(past) if gap >= age]
    return laplace_estimate([gap < age + ahead for gap in lasted])


def backtest(days, months, begin):
    """Monthly forecasts of four rules, and what happened, each `(n,)`.

    The first `begin` months, at least 12, serve as history only.
    """
    happened = months_with(days, months)
    stated = {"coin": [], "all months": [], "last 12": [], "by age": []}
    for now in range(begin, len(happened)):
        seen = happened[:now]  # ①
        stated["coin"].append(0.5)
        stated["all months"].append(laplace_estimate(seen))
        stated["last 12"].append(laplace_estimate(seen[-12:]))
        stated["by age"].append(
            hazard_estimate(days, months[now], months[now + 1])
        )
    rules = {rule: np.array(column) for rule, column in stated.items()}
    return rules, np.array(happened[begin:], float)


def score_gap(one, other, outcomes):
    """Compare two rules on the same events.

    Returns:
        how much lower the Brier score of the first is, and the standard error
        of that difference, as if the events were independent.
    """
    gains = (other - outcomes) ** 2 - (one - outcomes) ** 2
    return float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
