"""Pictures of the page on troubles."""

# Smallest and largest positive number with all its digits.
RANGES = {
    "float32": (2.0**-126, (2 - 2.0**-23) * 2.0**127),
    "bfloat16": (2.0**-126, (2 - 2.0**-7) * 2.0**127),
    "float16": (2.0**-14, (2 - 2.0**-10) * 2.0**15),
}


def plot_rows(axis, values, xlabel, *, label="{:.2g}"):
    """Draw a bar for each name, with its value."""
    bars = axis.barh(list(values), list(values.values()), color="#56B4E9")
    axis.bar_label(bars, fmt=label, padding=3)
    axis.margins(x=0.15)
    axis.invert_yaxis()
    axis.set_xlabel(xlabel)


def plot_two_losses(axis, pairs):
    """Draw what `fit` and `evaluate` report, for each name."""
    rows = range(len(pairs))
    fitted, evaluated = zip(*pairs.values(), strict=True)
    axis.hlines(rows, fitted, evaluated, color="lightgray", linewidth=3)
    axis.plot(fitted, rows, "o", label="fit")
    axis.plot(evaluated, rows, "D", fillstyle="none", label="evaluate")
    axis.set_yticks(rows, list(pairs))
    axis.set_ylim(len(pairs) - 0.5, -0.5)
    axis.set_xlabel("loss")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def plot_ranges(axis, marks):
    """Draw how large and how small numbers of each type may be.

    Args:
        axis: Matplotlib axes.
        marks: dict by label of numbers to point at.
    """
    for row, (low, high) in enumerate(RANGES.values()):
        axis.barh(row, high - low, left=low, height=0.4, color="#56B4E9")
    for label, number in marks.items():
        axis.axvline(number, color="#D55E00", linestyle=":")
        axis.text(number, -0.65, label, ha="center", color="#D55E00")
    axis.set_yticks(range(len(RANGES)), list(RANGES))
    axis.set_ylim(len(RANGES) - 0.5, -0.5)
    axis.set_xscale("log")
    axis.set_xlim(1e-12, 1e12)
    axis.set_xlabel("magnitude")
