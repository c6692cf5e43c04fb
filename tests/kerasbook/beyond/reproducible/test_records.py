import keras
import numpy as np
import pytest
from scipy import stats

from kerasbook.beyond.reproducible import paths
from kerasbook.beyond.reproducible import records as page
from kerasbook.classifier import build_classifier
from kerasbook.grading import grade


@pytest.fixture(scope="module")
def task():
    generator = np.random.default_rng(0)
    return generator.random((64, 64), dtype="float32"), generator.integers(0, 10, 64)


def test_a_fingerprint_sees_one_bit_and_not_the_layout():
    array = np.arange(6, dtype="float32").reshape(2, 3)
    moved = array.copy()
    moved[1, 2] = np.nextafter(np.float32(5), np.float32(6))
    assert page.fingerprint(array) == page.fingerprint(np.asfortranarray(array))
    assert page.fingerprint(array) != page.fingerprint(moved)
    # printf abc | sha256sum
    assert page.fingerprint(np.frombuffer(b"abc", "uint8")) == "ba7816bf8f01"


def test_an_epoch_knows_its_order_and_a_resumed_run_ends_at_the_same_bits(task):
    keras.utils.set_random_seed(0)
    whole = build_classifier(dropout=0.3)
    page.fit_epochs(whole, *task, range(4), seed=0)
    keras.utils.set_random_seed(0)
    model = build_classifier(dropout=0.3)
    page.fit_epochs(model, *task, range(2), seed=0)
    state = paths.get_training_state(model)
    keras.utils.set_random_seed(7)
    resumed = build_classifier(dropout=0.3)
    paths.write_state(resumed, state)
    page.fit_epochs(resumed, *task, range(2, 4), seed=0)
    assert page.fingerprint(*resumed.get_weights()) == page.fingerprint(*whole.get_weights())
    paths.write_state(resumed, state)
    page.fit_epochs(resumed, *task, range(2), seed=0)  # the wrong epochs
    assert page.fingerprint(*resumed.get_weights()) != page.fingerprint(*whole.get_weights())


@pytest.mark.parametrize("shuffle", [True, False])
def test_backup_and_restore_loses_the_order_and_the_luck_of_dropout(task, tmp_path, shuffle):
    def train(*stops):
        for epochs in stops:
            keras.utils.set_random_seed(0)
            model = build_classifier(dropout=0.3)
            backup = keras.callbacks.BackupAndRestore(tmp_path / "b", delete_checkpoint=False)
            callbacks = [backup] if len(stops) > 1 else []
            model.fit(*task, epochs=epochs, callbacks=callbacks, shuffle=shuffle, verbose=0)
        return int(model.optimizer.iterations), page.fingerprint(*model.get_weights())

    (steps, whole), (steps_resumed, resumed) = train(4), train(2, 4)
    assert steps == steps_resumed == 8
    assert whole != resumed
    assert train(4) == (steps, whole)


def test_a_keras_file_does_not_hold_where_dropout_stands(task, tmp_path):
    keras.utils.set_random_seed(0)
    model = build_classifier(dropout=0.3)
    page.fit_epochs(model, *task, range(2), seed=0)
    model.save(tmp_path / "half.keras")
    loaded = keras.models.load_model(tmp_path / "half.keras")
    kept = page.fingerprint(*model.get_weights())
    assert page.fingerprint(*loaded.get_weights()) == kept
    for one in (model, loaded):
        page.fit_epochs(one, *task, range(2, 4), seed=0)
    assert page.fingerprint(*loaded.get_weights()) != page.fingerprint(*model.get_weights())


def test_a_record_names_backend_seed_and_data(task):
    record = page.describe_run(seed=3, data=task)
    assert record["seed"] == 3
    assert record["packages"]["keras"] == keras.__version__
    assert set(record["packages"]) == {"keras", keras.config.backend(), "numpy"}
    assert record["data"] == page.fingerprint(*task)
    assert record["precision"] == "float32"
    assert page.describe_run(seed=3, data=[task[0], task[1][::-1]])["data"] != record["data"]


def test_the_interval_of_the_page_and_that_of_scipy():
    low, high = page.paired_t_interval([93, 95, 97], [91, 92, 96])
    assert (low, high) == pytest.approx((-0.4841, 4.4841), abs=1e-4)
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(2, 9))
    expected = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert page.paired_t_interval(a, b) == pytest.approx(tuple(expected))
    independent = stats.ttest_ind(a, b).confidence_interval(0.95)
    assert page.unpaired_t_interval(a, b) == pytest.approx(tuple(independent))


def test_the_grader_tells_paired_from_unpaired():
    pairs = [
        (([93, 95, 97], [91, 92, 96]), [-0.4841, 4.4841]),
        (([1, 2], [0, 1]), [1.0, 1.0]),
    ]
    assert grade(page.paired_t_interval, pairs) == "Right in all 2 cases."
    assert grade(page.unpaired_t_interval, pairs).startswith("Wrong for ([93, 95, 97]")


@pytest.mark.parametrize(("first", "second"), [([1, 2], [1]), ([1], [2])])
def test_an_interval_needs_pairs(first, second):
    with pytest.raises(ValueError, match=r"from the same seeds, two or more\. Received: shapes"):
        page.paired_t_interval(first, second)
