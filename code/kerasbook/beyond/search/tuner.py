"""The same searches with KerasTuner."""

import keras
import keras_tuner


def build_layers(hp):
    """Ask for the number of layers, the units of each, and dropout or none."""
    model = keras.Sequential([keras.Input((64,))])
    for k in range(hp.Int("layers", 1, 3, default=3)):  # ①
        units = hp.Int(f"units_{k}", 16, 128, step=16)
        model.add(keras.layers.Dense(units, activation="relu"))
    if hp.Boolean("dropout"):
        model.add(keras.layers.Dropout(0.3))
    model.add(keras.layers.Dense(10, activation="softmax"))
    optimizer = keras.optimizers.Adam(
        hp.Float("rate", 1e-4, 0.1, sampling="log")
    )
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


class DigitsHyperModel(keras_tuner.HyperModel):
    """Choose the network in `build`, and the batch size in `fit`."""

    def build(self, hp):
        """Build and compile a network from `(batch, 64)` to `(batch, 10)`."""
        rate = hp.Float("rate", 1e-4, 0.1, sampling="log")
        kind = hp.Choice("optimizer", ["adam", "sgd"])
        with hp.conditional_scope("optimizer", ["sgd"]):  # ①
            momentum = hp.Float("momentum", 0, 0.95)
        adam, sgd = keras.optimizers.Adam, keras.optimizers.SGD
        optimizer = sgd(rate, momentum) if kind == "sgd" else adam(rate)
        dense, loss = keras.layers.Dense, "sparse_categorical_crossentropy"
        model = keras.Sequential([dense(64, "relu"), dense(10, "softmax")])
        model.compile(optimizer, loss, metrics=["accuracy"])
        return model

    def fit(self, hp, model, *data, **settings):
        """Train with a batch size from the search; returns the history."""
        size = hp.Choice("batch_size", [16, 32, 64, 128])
        return model.fit(*data, batch_size=size, **settings)


def table_tuner(kind):
    """Make a tuner that looks scores up instead of training.

    Args:
        kind: a tuner of KerasTuner, such as `keras_tuner.Hyperband`.

    Returns:
        a class; `search` of its objects takes the scores, `(runs, epochs)`,
        and needs a hyperparameter `run`.
    """

    class TableTuner(kind):
        def run_trial(self, trial, scores, **_):
            values = trial.hyperparameters.values
            epochs = values.get("tuner/epochs", scores.shape[1])
            score = scores[values["run"], epochs - 1]
            return {"val_accuracy": float(score)}

    return TableTuner


def search_table(kind, scores, *, seed, **options):
    """Search a table of scores with KerasTuner.

    Args:
        kind: a tuner of KerasTuner.
        scores: array of shape `(runs, epochs)`.
        seed: of the trials.
        options: further arguments of the tuner.

    Returns:
        the tuner, after its search.
    """
    space = keras_tuner.HyperParameters()
    space.Int("run", 0, len(scores) - 1)
    tuner = table_tuner(kind)(
        hyperparameters=space, seed=seed, directory="tables", overwrite=True,
        objective=keras_tuner.Objective("val_accuracy", "max"), **options,
    )  # fmt: skip
    tuner.search(scores, verbose=0)
    return tuner


def list_trials(tuner):
    """List the settings of a tuner's trials, dicts in the order of trials."""
    trials = tuner.oracle.trials.values()
    return [trial.hyperparameters.values for trial in trials]


def trained_epochs(tuner, whole):
    """Count the epochs of all trials; `whole` is what one alone gets."""
    return sum(
        values.get("tuner/epochs", whole) - values.get("tuner/initial_epoch", 0)
        for values in list_trials(tuner)
    )


def tuner_winner(kind, curves, validation, *, seed, **options):
    """Let a tuner of KerasTuner choose from a pool of runs.

    Returns:
        the best run, and the epochs trained in all.
    """
    scores = curves[:, :, validation].mean(axis=2)
    tuner = search_table(kind, scores, seed=seed, **options)
    best = tuner.get_best_hyperparameters()[0]["run"]
    return best, trained_epochs(tuner, curves.shape[1])
