"""Draw which device holds what, and how speed grows with devices."""


def plot_shards(axis, shape, shards):
    """Draw a matrix, and on each part the devices that hold it.

    Args:
        axis: Matplotlib axes.
        shape: `(rows, columns)` of the matrix.
        shards: what `shards_of` returns.
    """
    holders = {}
    for device, place in shards.items():
        holders.setdefault(place, []).append(device)
    for number, (place, devices) in enumerate(sorted(holders.items())):
        (top, bottom), (left, right) = place
        axis.fill(
            [left, right, right, left], [top, top, bottom, bottom],
            facecolor=f"C{number}", edgecolor="white", alpha=0.75,
        )  # fmt: skip
        axis.text(
            (left + right) / 2, (top + bottom) / 2,
            ", ".join(map(str, sorted(devices))), ha="center", va="center",
        )  # fmt: skip
    axis.set(xlim=(0, shape[1]), ylim=(shape[0], 0), xticks=[], yticks=[])
    axis.set_xlabel(f"{shape[0]} x {shape[1]}")
    axis.set_aspect("equal")


def plot_speedup(axis, counts, curves):
    """Draw speedups over the number of devices, and the ideal.

    Args:
        axis: Matplotlib axes.
        counts: numbers of devices.
        curves: dict by name of speedups, one for each count.
    """
    axis.plot(counts, counts, color="gray", linestyle=":", label="ideal")
    styles = ("-o", "--s", "-.^")
    for (name, values), style in zip(curves.items(), styles, strict=False):
        axis.plot(counts, values, style, markersize=4, label=name)
    axis.set(xscale="log", yscale="log", xlabel="devices", ylabel="speedup")


def plot_sums(axis, sizes, measured, predicted):
    """Draw measured sums as dots and predicted ones as lines.

    Args:
        axis: Matplotlib axes.
        sizes: bytes of the arrays.
        measured: dict by number of processes of times.
        predicted: the same.
    """
    for number, (processes, times) in enumerate(measured.items()):
        color, mark = f"C{number}", "os"[number]
        axis.plot(
            sizes, times, mark, color=color, label=f"{processes} processes"
        )
        axis.plot(sizes, predicted[processes], "-", color=color)
    axis.set(xscale="log", yscale="log", xlabel="bytes")
    axis.set_ylabel("time / shortest")
    axis.legend()
