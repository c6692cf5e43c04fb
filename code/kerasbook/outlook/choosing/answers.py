"""Answers to the exercises of the page on choosing, and usual mistakes."""


def first_yes(questions, needs, otherwise):
    """Return the answer of the first question whose need is there."""
    for need, answer in questions:
        if need in needs:
            return answer
    return otherwise


def last_yes(questions, needs, otherwise):
    """The usual mistake: go on, so that the last yes decides."""
    answer = otherwise
    for need, better in questions:
        if need in needs:
            answer = better
    return answer


def careless_direct_download_bounds(own, dependencies):
    """The usual mistake: a number of downloads below nothing."""
    return own - dependencies, own
