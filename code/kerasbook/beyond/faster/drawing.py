"""Figures of the page on faster training."""

import numpy as np


def show_in_range(axes, images, titles):
    """Show arrays `(height, width, 3)` side by side, each from black to white.

    Args:
        axes: as many Matplotlib axes as there are images.
        images: arrays of any range.
        titles: a line above each.
    """
    for axis, image, title in zip(axes, images, titles, strict=True):
        low, high = np.min(image), np.max(image)
        axis.imshow((np.asarray(image, "float32") - low) / (high - low))
        axis.set_title(title, fontsize=10)
        axis.set_axis_off()


def plot_whitening(axes, patches, kernel, outputs):
    """Draw correlations before and after, and the filters in between.

    Args:
        axes: three Matplotlib axes.
        patches: flattened patches `(n, inputs)`.
        kernel: filters `(size, size, 3, inputs)`.
        outputs: what the filters make of the patches, `(n, inputs)`.
    """
    for axis, values in ((axes[0], patches), (axes[2], outputs)):
        axis.imshow(np.abs(np.corrcoef(values, rowvar=False)), vmin=0, vmax=1)
    tiles = np.moveaxis(kernel, 3, 0)
    tiles = tiles / np.abs(tiles).max(axis=(1, 2, 3), keepdims=True)
    framed = np.pad(tiles, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=1)
    rows = framed.reshape(-1, 4, *framed.shape[1:])  # four filters a row
    picture = np.concatenate([np.concatenate(row, axis=1) for row in rows])
    axes[1].imshow(picture / 2 + 0.5)
    names = ("inputs", "filters", "outputs")
    for axis, name in zip(axes, names, strict=True):
        axis.set_title(name, fontsize=10)
        axis.set_axis_off()
