"""Pictures of the chapter on attention."""

import numpy as np


def plot_masks(axes, masks):
    """Draw masks: a row attends to the columns that are filled."""
    for axis, (name, mask) in zip(axes, masks.items(), strict=True):
        axis.imshow(np.array(mask, float), cmap="Blues", vmin=0, vmax=1.4)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("key")
        axis.set_xticks([])
        axis.set_yticks([])
        for side in ("top", "right"):
            axis.spines[side].set_visible(True)
    axes[0].set_ylabel("query")


def plot_attention(axes, maps, breaks):
    """Draw attention maps: a row a query, a column a key.

    Args:
        axes: Matplotlib axes, one a map.
        maps: dict by title of weights, each `(characters, characters)`.
        breaks: positions at which a new line of the text begins.
    """
    for axis, (name, weights) in zip(axes, maps.items(), strict=True):
        axis.imshow(weights, cmap="Blues", vmin=0, vmax=max(0.5, weights.max()))
        for position in breaks:
            axis.axhline(position - 0.5, color="gray", linewidth=0.5)
            axis.axvline(position - 0.5, color="gray", linewidth=0.5)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("key")
    axes[0].set_ylabel("query")


def plot_temperatures(axis, probabilities, characters):
    """Draw probabilities of characters, a group of bars each.

    Args:
        axis: Matplotlib axes.
        probabilities: dict by temperature of the characters' probabilities.
        characters: those shown, the most probable first.
    """
    ticks = np.arange(len(characters))
    width = 0.8 / len(probabilities)
    hatches = ("", "//", "..")
    for index, (temperature, each) in enumerate(probabilities.items()):
        axis.bar(
            ticks + width * index, each, width,
            label=f"temperature {temperature}", hatch=hatches[index],
            edgecolor="white",
        )  # fmt: skip
    axis.set_xticks(ticks + 0.4 - width / 2, map(repr, characters))
    axis.set_xlabel("next character, the most probable first")
    axis.set_ylabel("probability")
    axis.legend()


def plot_cache_gain(axis, lengths, counted, measured):
    """Draw how many times as much a character costs without a cache.

    Args:
        axis: Matplotlib axes.
        lengths: of the texts.
        counted: how many times the multiplications.
        measured: how many times the processor time.
    """
    axis.loglog(lengths, counted, "--", label="multiplications")
    axis.loglog(lengths, measured, "o-", label="processor time, measured")
    axis.set_xticks(lengths, lengths)
    axis.minorticks_off()
    axis.set_xlabel("context length (characters)")
    axis.set_ylabel("without cache / with cache")
    axis.legend()
