"""Figures of the page on time."""

import numpy as np


def plot_roofline(axis, costs, achieved, *, flops_per_s, bytes_per_s):
    """Draw what a machine can reach, its layers on it, and what was reached.

    Args:
        axis: Matplotlib axes.
        costs: dict by name of a layer of FLOPs and bytes; layers without
            FLOPs have no place on it.
        achieved: dict by backend of FLOPs a second.
        flops_per_s: the level part of the roof.
        bytes_per_s: its slope.
    """
    intensity = np.geomspace(0.1, 100, 200)
    roof = np.minimum(flops_per_s, intensity * bytes_per_s)
    axis.plot(intensity, roof / 1e9, color="gray")
    counted = {k: v for k, v in costs.items() if v[0]}
    for number, (name, (flops, num_bytes)) in enumerate(counted.items()):
        x = flops / num_bytes
        y = min(flops_per_s, x * bytes_per_s) / 1e9
        axis.plot(x, y, "osD"[number], label=name)
    flops, num_bytes = np.sum(list(costs.values()), axis=0)
    for marker, (name, rate) in zip("v^<", achieved.items(), strict=False):
        axis.plot(flops / num_bytes, rate / 1e9, marker, color="black",
                  fillstyle="none", label=name)  # fmt: skip
    axis.set(xscale="log", yscale="log", ylabel="GFLOP/s")
    axis.set_xlabel("FLOPs per byte")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def plot_step_times(axis, predicted, measured):
    """Draw milliseconds of a step by batch size.

    Args:
        axis: Matplotlib axes.
        predicted: dict by batch size.
        measured: dict by backend of such dicts.
    """
    sizes = list(predicted)
    axis.plot(sizes, list(predicted.values()), color="gray", label="predicted")
    for marker, (name, found) in zip("v^<", measured.items(), strict=False):
        axis.plot(sizes, list(found.values()), f"{marker}--", label=name)
    axis.set(xscale="log", yscale="log", xlabel="batch size")
    axis.set_ylabel("ms per step")
    axis.set_xticks(sizes, list(map(str, sizes)))
    axis.minorticks_off()
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def plot_sources(axis, measured, predicted):
    """Draw milliseconds of a step by source, and what was predicted.

    Args:
        axis: Matplotlib axes.
        measured: dict by backend of dicts by source.
        predicted: dict by backend of dicts by source.
    """
    names = list(max(measured.values(), key=len))
    for marker, (backend, found) in zip("v^<", measured.items(), strict=False):
        rows = [names.index(name) for name in found]
        (line,) = axis.plot(found.values(), rows, marker, label=backend)
        rows = [names.index(name) for name in predicted[backend]]
        axis.plot(predicted[backend].values(), rows, "|", markersize=18,
                  color=line.get_color())  # fmt: skip
    axis.set_yticks(range(len(names)), names)
    axis.set(xlim=(0, None), ylim=(len(names) - 0.5, -0.5))
    axis.set_xlabel("ms per step")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def plot_stages(axes, scripts):
    """Draw each script's stages as shares of the time as it was written.

    Args:
        axes: as many Matplotlib axes as backends.
        scripts: dict by backend of dicts by stage of seconds.
    """
    for axis, (backend, found) in zip(axes, scripts.items(), strict=True):
        whole = found["original"]
        shares = [100 * seconds / whole for seconds in found.values()]
        bars = axis.barh(list(found), shares, color="#56B4E9")
        axis.bar_label(bars, fmt="{:.0f}", padding=3)
        axis.set(xlim=(0, 1.25 * max(shares)), xlabel="% of the original")
        axis.set_title(backend, fontsize=10)
    axes[0].invert_yaxis()
