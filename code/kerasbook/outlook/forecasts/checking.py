"""What a forecast must say before anybody can decide and score it."""

from datetime import date

TEXTS = ("name", "claim", "rule")


def require_texts(forecast, place):
    """Raise an error unless name, claim and rule are there."""
    for field in TEXTS:
        text = forecast.get(field)
        if not text or (field == "name" and not isinstance(text, str)):
            raise ValueError(
                f"Expected {place} to have a {field!r}; add it. "
                f"Received: {field}={text!r}"
            )


def require_probability(forecast, place):
    """Raise an error unless the probability is a number from 0 to 1."""
    value = forecast.get("probability")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 <= value <= 1:
        raise ValueError(
            f"Expected {place} to have a probability from 0 to 1, such as 0.7 "
            f"for 70%. Received: probability={value!r}"
        )


def read_day(forecast, field, place):
    """Return a day of a forecast, written as `2027-06-30`."""
    value = forecast.get(field)
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"Expected {place} to have a date {field!r}, written as "
            f"2027-06-30. Received: {field}={value!r}"
        ) from None


def require_order(forecast, place):
    """Raise an error unless it is made, due, resolved, each on a later day."""
    made, due = (read_day(forecast, field, place) for field in ("made", "due"))
    if due <= made:
        raise ValueError(
            f"Expected {place} to be due after it was made; correct one of "
            f"the dates. Received: made={made}, due={due}"
        )
    outcome, resolved = forecast.get("outcome"), forecast.get("resolved")
    if outcome is None and resolved is None:
        return
    wrong = not isinstance(outcome, bool)
    if wrong or read_day(forecast, "resolved", place) <= due:
        raise ValueError(
            f"Expected {place} to be resolved as true or false after its "
            f"date {due} is over. Received: outcome={outcome!r}, "
            f"resolved={resolved!r}"
        )


def require_forecast(forecast, place):
    """Raise an error that names the entry and its cure, if it has a fault."""
    if not isinstance(forecast, dict):
        raise ValueError(
            f"Expected {place} to be an object, {{…}}. Received: {forecast!r}"
        )
    require_texts(forecast, place)
    named = f"forecast {forecast['name']!r}"
    require_probability(forecast, named)
    require_order(forecast, named)
