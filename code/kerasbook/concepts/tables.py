"""A table of flats: from the file to a network, gaps and words on the way."""

import keras
import numpy as np
import pandas as pd

RATES = {"center": 0.09, "east": 0.06, "harbor": 0.04, "north": 0.05}


def fair_rent(flats):
    """The true rent without noise, in thousand yuan a month."""
    rate = flats["district"].map(RATES)  # thousand yuan for a square meter
    return flats["area"] * rate * 0.99 ** (2026 - flats["built"])


def invent_flats(rows, *, seed):
    """Invent flats: area in square meters, rooms, district, year, rent."""
    generator = np.random.default_rng(seed)
    area = generator.uniform(30, 140, rows).round(1)
    rooms = (area / 28 + generator.normal(0, 0.5, rows)).round().clip(1, 5)
    flats = pd.DataFrame(
        {
            "area": area,
            "rooms": rooms.astype(int),
            "district": generator.choice(list(RATES), rows),
            "built": generator.integers(1950, 2025, rows),
        }
    )
    noise = generator.normal(1, 0.08, rows)
    return flats.assign(rent=(fair_rent(flats) * noise).round(2))


def drop_years(flats, *, old, rest, seed):
    """Remove years at random: probability `old` before 1980, else `rest`."""
    share = np.where(flats["built"] < 1980, old, rest)
    lost = np.random.default_rng(seed).random(len(flats)) < share
    return flats.assign(built=flats["built"].astype(float).mask(lost))


def train_regressor(x, y, epochs=6):
    """Train a network on features `(rows, features)` and targets `(rows,)`."""
    keras.utils.set_random_seed(0)
    scale = keras.layers.Normalization()
    scale.adapt(x)
    hidden = keras.layers.Dense(32, activation="relu")
    model = keras.Sequential([scale, hidden, keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam(0.02)
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    model.fit(x, y, epochs=epochs, batch_size=128, verbose=0)
    return model


def one_hot(words, vocabulary):
    """Return a row a word, shape `(words, vocabulary)`; unknown: only zeros."""
    words = np.asarray(words, dtype=object)[:, None]  # (words, 1)
    return (words == np.asarray(vocabulary)).astype("float32")


def flat_features(flats, numbers, districts):
    """Return number columns and the district, shape `(rows, features)`."""
    words = one_hot(flats["district"], districts)
    return np.hstack([flats[numbers].to_numpy("float32"), words])


def impute_and_flag(flats, year):
    """Mean-impute the year, and add a missing indicator."""
    unknown = flats["built"].isna().astype(float)
    return flats.fillna({"built": year}).assign(unknown=unknown)


def missing_value_strategies(train):
    """Rows and columns after deletion, imputation, and with indicator."""
    columns = ["area", "rooms", "built"]
    return {
        "deletion": (train[train["unknown"] == 0], columns),
        "imputation": (train, columns),
        "indicator": (train, [*columns, "unknown"]),
    }


def compare_treatments(train, test, districts):
    """Test errors after each strategy for missing values."""
    year = train["built"].mean()  # ①
    train, test = impute_and_flag(train, year), impute_and_flag(test, year)  # ②
    errors = {}
    for way, (rows, numbers) in missing_value_strategies(train).items():
        x = flat_features(rows, numbers, districts)
        model = train_regressor(x, rows["rent"])
        x_test = flat_features(test, numbers, districts)
        errors[way] = model.predict(x_test, verbose=0)[:, 0] - test["rent"]
    return pd.DataFrame(errors).assign(unknown=test["unknown"])


def plot_treatments(axis, errors):
    """Draw the mean error by treatment, for years that are known and not."""
    means = errors.groupby("unknown").mean()
    places = np.arange(means.shape[1])
    for unknown, shift, label in ((0, -0.2, "known"), (1, 0.2, "missing")):
        hatch = "//" if unknown else ""
        bars = axis.bar(
            places + shift, means.loc[unknown], 0.38, hatch=hatch, label=label
        )
        axis.bar_label(bars, fmt="{:+.2f}", padding=2, fontsize=8)
    axis.axhline(0, color="gray", linewidth=0.8)
    axis.set_xticks(places, means.columns)
    axis.margins(y=0.2)


def impute_with_training_mean(training, new):
    """Impute with the mean of the training values."""
    known = [value for value in training if value is not None]
    mean = sum(known) / len(known)
    return [mean if value is None else value for value in new]


def fill_from_itself(training, new):
    """Impute with the mean of the new rows: the usual mistake."""
    return impute_with_training_mean(new, new)
