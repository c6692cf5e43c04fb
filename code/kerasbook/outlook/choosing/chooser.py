"""Decision list: the first yes decides."""

# What you need, the question, and what to take if the answer is yes.
DECISIONS = (
    ("table", "Is the data a table?", "decision trees"),
    ("language model", "Fine-tune a published language model?", "Transformers"),
    ("functions", "Differentiate functions that are no layers?", "JAX"),
    ("own step", "Change what a step does?", "PyTorch or JAX"),
    ("phone", "Run on a phone?", "Keras, then LiteRT"),
    ("devices", "Is one device too few?", "PyTorch, or Keras on JAX"),
    ("PyTorch", "Live inside a PyTorch program?", "Keras on PyTorch"),
)
OTHERWISE = "Keras"


def require_known_needs(needs):
    """Raise an error for a need that no question of `DECISIONS` asks about."""
    known = [need for need, _, _ in DECISIONS]
    for need in needs:
        if need not in known:
            raise ValueError(
                f"Expected needs among {', '.join(known)}. Received: {need!r}"
            )


def choose(*needs):
    """Answer of the first question of `DECISIONS` that asks about a need."""
    require_known_needs(needs)
    for need, _, answer in DECISIONS:
        if need in needs:
            return answer
    return OTHERWISE


def overturned_by(*needs):
    """Find which further needs would change the choice, and to what."""
    further = {
        need: choose(*needs, need)
        for need, _, _ in DECISIONS
        if need not in needs
    }
    now = choose(*needs)
    return {need: answer for need, answer in further.items() if answer != now}
