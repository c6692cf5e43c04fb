"""What a tagger learned, and where it errs, as figures."""

import numpy as np


def plot_transitions(axis, transitions, tags, allowed):
    """Draw what a CRF learned of pairs of tags; forbidden pairs stay empty.

    Returns:
        the image, for a color bar.
    """
    shown = np.where(allowed, transitions, np.nan)
    limit = np.nanmax(np.abs(shown))
    axis.set_facecolor("0.85")
    image = axis.imshow(shown, cmap="PuOr_r", vmin=-limit, vmax=limit)
    axis.set_xticks(range(len(tags)), tags, rotation=90, fontsize=7)
    axis.set_yticks(range(len(tags)), tags, fontsize=7)
    axis.set_xlabel("next tag")
    axis.set_ylabel("tag")
    return image


def plot_types(axis, reports):
    """Draw the F1 of each type as dots, a row a type and a marker a tagger.

    Args:
        axis: Matplotlib axes.
        reports: dict from a name to what `entity_scores` returned.
    """
    first = next(iter(reports.values()))
    kinds = [kind for kind in first if first[kind]["support"]]
    kinds = sorted(set(kinds) - {"micro", "macro"}, reverse=True)
    for number, (name, report) in enumerate(reports.items()):
        values = [report[kind]["f1"] for kind in kinds]
        rows = (
            np.arange(len(kinds)) + 0.2 * (len(reports) - 1) / 2 - 0.2 * number
        )
        axis.plot(values, rows, "osD^"[number], label=name, markersize=5)
    labels = [f"{kind} ({first[kind]['support']})" for kind in kinds]
    axis.set_yticks(range(len(kinds)), labels, fontsize=8)
    axis.set_xlim(-0.03, 1.03)
    axis.set_xlabel("F1")
    axis.grid(axis="y", alpha=0.3)
    axis.legend(
        fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4
    )
