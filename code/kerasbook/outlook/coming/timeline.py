"""When what is coming was asked for, written and released."""

from datetime import date

# Theme, day, and what happened: asked (or proposed), own repository, merged
# into the code (if that day is unknown, the first nightly build that has it),
# or released. The page names the source of each.
EVENTS = (
    ("backends as packages", "2026-08-06", "asked"),
    ("backends as packages", "2026-08-27", "asked"),
    ("backends as packages", "2026-10-07", "merged"),
    ("OpenVINO", "2024-04-03", "asked"),
    ("OpenVINO", "2024-12-17", "merged"),
    ("OpenVINO", "2025-01-07", "released"),
    ("OpenVINO", "2026-08-06", "repository"),
    ("MLX", "2023-12-07", "asked"),
    ("MLX", "2026-08-07", "repository"),
    ("PaddlePaddle", "2026-03-14", "asked"),
    ("PaddlePaddle", "2026-08-26", "repository"),
    ("QAT", "2023-12-12", "asked"),
    ("QAT", "2025-01-15", "merged"),
    ("QAT", "2026-08-28", "asked"),
    ("several devices, PyTorch", "2026-01-27", "asked"),
    ("several devices, PyTorch", "2026-07-31", "merged"),
    ("keras.ops.grad", "2024-02-23", "asked"),
    ("keras.ops.grad", "2026-03-17", "asked"),
    ("keras.ops.grad", "2026-09-26", "merged"),
    ("masks stop", "2026-07-07", "asked"),
    ("masks stop", "2026-07-20", "merged"),
    ("NNX", "2024-11-23", "asked"),
    ("NNX", "2025-05-05", "asked"),
    ("NNX", "2025-07-24", "merged"),
    ("NNX", "2025-07-30", "released"),
    ("LiteRT, PyTorch", "2026-02-16", "asked"),
    ("LiteRT, PyTorch", "2026-05-05", "merged"),
    ("LiteRT, PyTorch", "2026-06-24", "released"),
    ("Kinetic", "2026-01-08", "repository"),
    ("Kinetic", "2026-03-25", "released"),
    ("Kinetic", "2026-06-16", "released"),
)
MARKS = {"asked": "o", "repository": "^", "merged": "s", "released": "D"}


def days_until_released(events):
    """Map themes to the days from the first request to the first release."""
    first = {}
    for theme, day, what in sorted(events, key=lambda event: event[1]):
        first.setdefault((theme, what), date.fromisoformat(day))
    return {
        theme: (day - first[theme, "asked"]).days
        for (theme, what), day in first.items()
        if what == "released" and (theme, "asked") in first
    }


def plot_events(axis, events, until):
    """Draw a row a theme, and a mark for each thing that happened.

    Args:
        axis: Matplotlib axes.
        events: triples as in `EVENTS`.
        until: the day on which one looked, as an ISO date.
    """
    themes = list(dict.fromkeys(theme for theme, *_ in events))[::-1]
    for what, marker in MARKS.items():
        chosen = [event for event in events if event[2] == what]
        axis.plot(
            [date.fromisoformat(day) for _, day, _ in chosen],
            [themes.index(theme) for theme, *_ in chosen],
            marker, fillstyle="none" if what == "asked" else "full", label=what,
        )  # fmt: skip
    axis.axvline(date.fromisoformat(until), color="gray", linewidth=0.8)
    axis.set_xticks([date(year, 1, 1) for year in range(2024, 2028)],
                    range(2024, 2028))  # fmt: skip
    axis.set_yticks(range(len(themes)), themes)
    axis.set_ylim(-0.6, len(themes) - 0.4)
    axis.grid(axis="y", linewidth=0.3)
    axis.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1))
