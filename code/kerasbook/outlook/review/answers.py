"""Answers to the exercise with a grader of the page on eleven years."""


def share_left(before, after):
    """Return the share of the names before that are also after."""
    return len(set(before) & set(after)) / len(set(before))


def careless_share_left(before, after):
    """Do the usual mistake: divide by what there is now."""
    return len(set(before) & set(after)) / len(set(after))
