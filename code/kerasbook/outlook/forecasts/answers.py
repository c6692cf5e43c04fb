"""Answers to the exercises, and the usual mistakes."""


def skill_score(stated, outcomes):
    """Brier skill score relative to the base rate."""
    share = sum(outcomes) / len(outcomes)
    pairs = zip(stated, outcomes, strict=True)
    score = sum((p - y) ** 2 for p, y in pairs) / len(outcomes)
    return 1 - score / (share * (1 - share))


def careless_skill_score(stated, outcomes):
    """Make the usual mistake: compare with a coin."""
    pairs = zip(stated, outcomes, strict=True)
    score = sum((p - y) ** 2 for p, y in pairs) / len(outcomes)
    return 1 - score / 0.25


def share_ending(gaps, age, ahead):
    """Say which share of the gaps that lasted `age` days ended soon after."""
    lasted = [gap for gap in gaps if gap >= age]
    return sum(gap < age + ahead for gap in lasted) / len(lasted)


def careless_share_ending(gaps, age, ahead):
    """Make the usual mistake: count gaps that were over long before."""
    return sum(age <= gap < age + ahead for gap in gaps) / len(gaps)
