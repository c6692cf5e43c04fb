import keras
import keras_tuner
import numpy as np
import pytest

from kerasbook.beyond.search.tuner import (
    DigitsHyperModel,
    build_layers,
    list_trials,
    search_table,
    table_tuner,
    trained_epochs,
    tuner_winner,
)

RANDOM = keras_tuner.RandomSearch


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def table(winner, runs=30, epochs=8):
    scores = np.linspace(0, 0.5, runs)[:, None] * np.ones(epochs)
    scores[winner] = 0.9
    return scores


def test_the_first_build_names_the_units_of_all_layers():
    space = keras_tuner.HyperParameters()
    model = build_layers(space)
    units = [space[f"units_{k}"] for k in range(3)]
    assert [layer.units for layer in model.layers] == [*units, 10]
    assert space["dropout"] is False


def test_the_number_of_layers_and_dropout_are_chosen():
    space = keras_tuner.HyperParameters()
    space.Fixed("layers", 1)
    space.Fixed("dropout", True)
    kinds = [type(layer) for layer in build_layers(space).layers]
    assert kinds == [keras.layers.Dense, keras.layers.Dropout, keras.layers.Dense]


@pytest.mark.weekly
@pytest.mark.filterwarnings("ignore:Skipping variable loading")
def test_hyperband_trains_the_layers_that_it_kept_further_on():
    keras.utils.set_random_seed(0)
    rows, labels = np.random.default_rng(0).random((40, 64)), np.arange(40) % 10
    tuner = keras_tuner.Hyperband(
        build_layers, "val_accuracy", max_epochs=2, factor=2, seed=1, directory="kept"
    )
    tuner.search(rows, labels, validation_data=(rows, labels), verbose=0)
    (kept,) = [one for one in list_trials(tuner) if "tuner/trial_id" in one]
    assert (kept["tuner/initial_epoch"], kept["tuner/epochs"]) == (1, 2)
    first = tuner.oracle.get_trial(kept["tuner/trial_id"]).hyperparameters
    assert first["layers"] == kept["layers"]


def test_momentum_is_a_hyperparameter_of_sgd_alone():
    space, kind = keras_tuner.HyperParameters(), DigitsHyperModel()
    space.Fixed("optimizer", "sgd")
    assert kind.build(space).optimizer.momentum == space["momentum"]
    (momentum,) = [one for one in space.space if one.name == "momentum"]
    (condition,) = momentum.conditions
    assert (condition.name, condition.values) == ("optimizer", ["sgd"])
    plain = keras_tuner.HyperParameters()
    assert isinstance(kind.build(plain).optimizer, keras.optimizers.Adam)
    assert "momentum" not in plain
    assert {one.name for one in plain.space} == {"rate", "optimizer", "momentum"}


def test_the_batch_size_is_chosen_in_fit():
    space, kind = keras_tuner.HyperParameters(), DigitsHyperModel()
    space.Fixed("batch_size", 32)
    model = kind.build(space)
    rows, labels = np.zeros((100, 64)), np.zeros(100)
    history = kind.fit(space, model, rows, labels, epochs=3, verbose=0)
    assert int(model.optimizer.iterations) == 3 * 4  # 32, 32, 32 and 4 rows
    assert len(history.history["accuracy"]) == 3


def test_random_search_of_a_table_tries_runs_once_and_keeps_the_best():
    scores = table(17)
    tuner = search_table(RANDOM, scores, seed=1, max_trials=12)
    tried = [trial["run"] for trial in list_trials(tuner)]
    assert len(set(tried)) == 12
    best = tuner.get_best_hyperparameters()[0]["run"]
    assert best == max(tried, key=lambda run: scores[run, -1])
    assert trained_epochs(tuner, 8) == 12 * 8


def test_hyperband_trains_what_it_kept_further_on():
    tuner = search_table(keras_tuner.Hyperband, table(3), seed=1, max_epochs=8, factor=2)
    spent = [
        (one["tuner/initial_epoch"], one["tuner/epochs"])
        for one in list_trials(tuner)
        if one["tuner/bracket"] == 3
    ]
    assert sorted(spent) == [(0, 1)] * 8 + [(1, 2)] * 4 + [(2, 4)] * 2 + [(4, 8)]
    assert trained_epochs(tuner, 8) == 20 + 26 + 24 + 32  # four tournaments


def test_a_table_is_read_at_the_epoch_that_a_trial_reached():
    class Trial:
        class hyperparameters:  # noqa: N801
            values = {"run": 1, "tuner/epochs": 2}

    scores = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    read = table_tuner(RANDOM).run_trial
    assert read(None, Trial, scores, verbose=0) == {"val_accuracy": 0.5}
    del Trial.hyperparameters.values["tuner/epochs"]
    assert read(None, Trial, scores) == {"val_accuracy": 0.6}


def test_a_tuner_sees_the_validation_images_only():
    right = np.zeros((6, 2, 10), bool)
    right[4, :, :5] = True
    right[2, :, 5:] = True
    assert tuner_winner(RANDOM, right, range(5), seed=1, max_trials=6) == (4, 12)
    assert tuner_winner(RANDOM, right, range(5, 10), seed=1, max_trials=6) == (2, 12)


def test_neighboring_seeds_of_keras_tuner_share_their_trials():
    scores = np.zeros((100, 1))
    drawn = {
        seed: [
            one["run"] for one in list_trials(search_table(RANDOM, scores, seed=seed, max_trials=6))
        ]
        for seed in (1, 2, 1000)
    }
    assert drawn[1][1:] == drawn[2][:-1]
    assert not set(drawn[1]) >= set(drawn[1000])
