"""The history of Keras as data (§1.1), and its figure."""

from datetime import date

# Days as the sources on the page give them; of release archives, in UTC.
HISTORY = (
    # day, what happened, kind
    (date(2015, 3, 27), "first public version, on Theano", "release"),
    (date(2015, 12, 1), "0.3: TensorFlow as second backend", "backend"),
    (date(2016, 4, 11), "1.0", "release"),
    (date(2016, 9, 19), "1.1: TensorFlow is the default", "backend"),
    (date(2017, 3, 14), "2.0: new API", "release"),
    (date(2017, 6, 12), "2.0.5: CNTK as third backend", "backend"),
    (date(2017, 11, 2), "TensorFlow 1.4 contains tf.keras", "TensorFlow"),
    (date(2019, 9, 17), "2.3: last with several backends", "release"),
    (date(2019, 9, 30), "TensorFlow 2.0: Keras is its API", "TensorFlow"),
    (date(2020, 6, 17), "2.4: only redirects to tf.keras", "backend"),
    (date(2021, 8, 9), "2.6: the code moves back", "release"),
    (date(2023, 7, 10), "Keras Core: a preview of Keras 3", "backend"),
    (date(2023, 11, 28), "3.0: TensorFlow, JAX, PyTorch", "backend"),
    (date(2024, 3, 7), "TensorFlow 2.16 takes Keras 3", "TensorFlow"),
    (date(2025, 1, 7), "3.8: OpenVINO (inference), ONNX", "backend"),
    (date(2025, 7, 29), "3.11: int4 quantization", "release"),
    (date(2025, 12, 17), "3.13: LiteRT export", "release"),
    (date(2026, 6, 24), "3.15: PyTorch export", "release"),
)


def last_event(day):
    """Say what had last happened to Keras on a day."""
    return [event for when, event, _ in HISTORY if when <= day][-1]


def days_since_event(day):
    """Count the days since the last event of the history."""
    return (day - max(when for when, _, _ in HISTORY if when <= day)).days


def years_between(first, last):
    """Compute the years between two dates, in years of 365.25 days."""
    return (last - first).days / 365.25


def plot_timeline(axis, history):
    """Draw `(day, event, kind)` entries from the top down, a color per kind.

    Time is to scale; a thin line leads from each label to its day.
    """
    kinds = {
        "release": ("#0072B2", "o"),
        "backend": ("#D55E00", "s"),
        "TensorFlow": ("#009E73", "^"),
    }
    days = [day.toordinal() for day, _, _ in history]
    span = days[-1] - days[0]
    for position, ((day, event, kind), at) in enumerate(
        zip(history, days, strict=True)
    ):
        color, marker = kinds[kind]
        label_at = days[0] + span * position / (len(history) - 1)
        axis.plot(0, at, marker, color=color, zorder=3)
        axis.plot(
            [0, 0.5, 0.6], [at, label_at, label_at], color=color, linewidth=0.8
        )
        axis.text(
            0.65, label_at, f"{day:%Y-%m}  {event}", va="center", fontsize=9
        )
    for kind, (color, marker) in kinds.items():
        axis.plot([], [], marker, color=color, label=kind)
    years = range(history[0][0].year, history[-1][0].year + 1)
    axis.vlines(0, days[0], days[-1], color="gray", linewidth=1)
    axis.set_yticks([date(year, 1, 1).toordinal() for year in years], years)
    axis.set_ylim(days[-1] + span * 0.03, days[0] - span * 0.05)
    axis.set_xlim(-0.1, 4)
    axis.set_xticks([])
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    for side in ("top", "right", "bottom"):
        axis.spines[side].set_visible(False)
