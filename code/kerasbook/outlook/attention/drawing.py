"""Pictures of the chapter on attention."""

import numpy as np


def plot_masks(axes, masks):
    """Draw masks: a row looks at the columns that are filled."""
    for axis, (name, mask) in zip(axes, masks.items(), strict=True):
        axis.imshow(np.array(mask, float), cmap="Blues", vmin=0, vmax=1.4)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("may look at")
        axis.set_xticks([])
        axis.set_yticks([])
        for side in ("top", "right"):
            axis.spines[side].set_visible(True)
    axes[0].set_ylabel("character")


def plot_attention(axes, maps, breaks):
    """Draw how much each character looks at each one before it.

    Args:
        axes: Matplotlib axes, one a map.
        maps: dict by title of weights, each `(characters, characters)`.
        breaks: places at which a new line of the text begins.
    """
    for axis, (name, weights) in zip(axes, maps.items(), strict=True):
        axis.imshow(weights, cmap="Blues", vmin=0, vmax=max(0.5, weights.max()))
        for place in breaks:
            axis.axhline(place - 0.5, color="gray", linewidth=0.5)
            axis.axvline(place - 0.5, color="gray", linewidth=0.5)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("looks at character")
    axes[0].set_ylabel("character")


def plot_temperatures(axis, chances, shown):
    """Draw the most probable characters' chances, one group a temperature.

    Args:
        axis: Matplotlib axes.
        chances: dict by temperature of probabilities, each `(known,)`.
        shown: how many characters, the most probable first.
    """
    order = np.argsort(-next(iter(chances.values())))[:shown]
    width = 0.8 / len(chances)
    hatches = ("", "//", "..")
    for place, (temperature, each) in enumerate(chances.items()):
        axis.bar(
            np.arange(shown) + width * place, each[order], width,
            label=f"temperature {temperature}", hatch=hatches[place],
            edgecolor="white",
        )  # fmt: skip
    axis.set_xticks(np.arange(shown) + 0.4 - width / 2, range(1, shown + 1))
    axis.set_xlabel("character, the most probable first")
    axis.set_ylabel("probability")
    axis.legend()


def plot_cache_gain(axis, lengths, counted, measured):
    """Draw how many times as much it costs to read everything anew.

    Args:
        axis: Matplotlib axes.
        lengths: of the texts.
        counted: how many times the multiplications.
        measured: how many times the seconds.
    """
    axis.loglog(lengths, counted, "--", label="multiplications")
    axis.loglog(lengths, measured, "o-", label="seconds, measured")
    axis.set_xticks(lengths, lengths)
    axis.minorticks_off()
    axis.set_xlabel("characters so far")
    axis.set_ylabel("anew / with a cache")
    axis.legend()
