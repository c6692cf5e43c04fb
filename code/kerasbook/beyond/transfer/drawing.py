"""Drawings of the page on borrowed features."""


def show_neighbors(axes, images, rows, titles):
    """Draw one image a column of `axes`, rows of them under their titles.

    Args:
        axes: array of Matplotlib axes, `(len(rows), images a row)`.
        images: uint8 `(n, height, width, 3)`.
        rows: positions in `images`, one list a row of axes.
        titles: of each picture, likewise.
    """
    for line, positions, names in zip(axes, rows, titles, strict=True):
        for axis, position, name in zip(line, positions, names, strict=True):
            axis.imshow(images[position])
            axis.set_title(name, fontsize=8)
            axis.axis("off")


def plot_labels(axis, counts, curves):
    """Draw accuracy over labels per class, on a logarithmic axis.

    Args:
        axis: Matplotlib axes.
        counts: labels per class.
        curves: dict from names to accuracies `(draws, len(counts))`.
    """
    markers = ("o-", "s--", "^:")
    for (name, found), marker in zip(curves.items(), markers, strict=False):
        axis.plot(counts, found.mean(axis=0), marker, label=name)
    axis.set(xscale="log", xlabel="labels per class", ylabel="accuracy")
    axis.set_xticks(counts, [str(count) for count in counts])
    axis.minorticks_off()
    axis.legend()
