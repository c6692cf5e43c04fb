"""The lenient reading of tags, which an exercise asks for, and its mistake."""


def fix_bio_tags(tags):
    """Turn a stray `I-` into `B-` (IOB1 reading)."""
    repaired = []
    for before, tag in zip(["O", *tags], tags, strict=False):
        stray = tag.startswith("I-") and before[2:] != tag[2:]
        repaired.append("B" + tag[1:] if stray else tag)
    return repaired


def repair_after_outside(tags):
    """Make the usual mistake: look for an `O` before, not for another type."""
    repaired = []
    for before, tag in zip(["O", *tags], tags, strict=False):
        stray = tag.startswith("I-") and before == "O"
        repaired.append("B" + tag[1:] if stray else tag)
    return repaired
