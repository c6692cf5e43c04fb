"""Saving: what files hold, which ways lose what, and parts of models."""

import json
import logging
import zipfile

import h5py
import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.isolation import call_on_backend
from kerasbook.workflow import saving as page

HEADER = "import keras\nimport numpy as np"


def pictures(count=96):
    """Return noisy images of ten classes, `(n, 8, 8, 1)`, and their labels."""
    centers = np.random.default_rng(99).uniform(0, 1, (10, 8, 8, 1))
    labels = np.arange(count) % 10
    noise = np.random.default_rng(0).normal(0, 0.1, (count, 8, 8, 1))
    return (centers[labels] + noise).astype("float32"), labels


@pytest.fixture(scope="module")
def trained():
    """Return the network of the page after an epoch."""
    keras.utils.set_random_seed(0)
    model = page.build_named_cnn()
    model.fit(*pictures(), epochs=1, verbose=0)
    return model


@pytest.fixture(scope="module")
def files(trained, tmp_path_factory):
    """Return a folder with all five kinds of files of it."""
    folder = tmp_path_factory.mktemp("files")
    logging.disable(logging.ERROR)  # the legacy format is announced by the logger
    trained.save(folder / "all.keras")
    trained.save_weights(folder / "all.weights.h5")
    (folder / "all.json").write_text(trained.to_json(), "utf-8")
    trained.export(str(folder / "all"), verbose=False)
    keras.saving.load_model(folder / "all.keras").save(folder / "all.h5")
    logging.disable(logging.NOTSET)
    return folder


@pytest.fixture(autouse=True)
def quiet():
    """Switch off what Keras logs of the legacy format."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


# The network and its files


def test_the_counts_of_the_page(trained):
    counts = [layer.count_params() for layer in trained.layers if layer.weights]
    assert counts == [72, 32, 4128, 330]
    state = sum(int(np.prod(each.shape)) for each in trained.optimizer.variables)
    assert (trained.count_params(), state) == (4562, 9094)
    assert page.parameter_counts(trained) == (4546, 16)


def test_groups_are_named_after_classes_in_the_new_format_and_after_layers_in_the_old(files):
    new, old = (page.arrays_in_h5(files / name) for name in ("all.weights.h5", "all.h5"))
    assert new["layers/dense/vars/0"] == (128, 32)
    assert new["layers/dense_1/vars/0"] == (32, 10)
    assert old["model_weights/code/code/kernel"] == (128, 32)
    assert sum(name.startswith("optimizer") for name in new) == 2 + 2 * 7


def test_a_saved_model_holds_the_weights_and_nothing_of_the_optimizer(files, trained):
    arrays = page.arrays_in_saved_model(files / "all")
    assert sorted(arrays.values()) == sorted(tuple(each.shape) for each in trained.weights)


def test_what_each_file_holds(files):
    held = {path: list(page.parts_held(files / path).values()) for path in (
        "all.keras", "all.weights.h5", "all.h5", "all.json", "all")}  # fmt: skip
    assert held == {
        "all.keras": [True, True, True, True, False],
        "all.weights.h5": [False, True, True, False, False],
        "all.h5": [True, True, True, True, False],
        "all.json": [True, False, False, True, False],
        "all": [False, True, False, False, True],
    }


def test_weights_of_a_model_that_was_never_compiled_come_without_a_state(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).save(tmp_path / "bare.keras")
    held = page.parts_held(tmp_path / "bare.keras")
    assert held["weights"]
    assert not held["optimizer state"]
    assert not held["compile settings"]


def test_a_name_of_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in .keras, .h5 or .json. Received: 'a.npz'"):
        page.read_parts(tmp_path / "a.npz")


def test_bytes_are_those_of_all_files_and_their_parts_add_up(files):
    assert page.bytes_on_disk(files / "all.json") == (files / "all.json").stat().st_size
    inside = [path for path in (files / "all").rglob("*") if path.is_file()]
    assert page.bytes_on_disk(files / "all") == sum(path.stat().st_size for path in inside)
    sizes = page.bytes_by_part(files / "all.keras")
    assert sizes["weights"] == 4 * 4562
    assert sizes["optimizer state"] == 4 * 9094
    assert sum(sizes.values()) == page.bytes_on_disk(files / "all.keras")
    assert page.bytes_by_part(files / "all")["weights"] == 4 * 4562


def test_bars_are_divided_into_parts():
    axis = Figure().subplots()
    page.plot_bytes(axis, {"a": {"x": 1000, "y": 2000}, "b": {"x": 3000, "y": 0}})
    widths = [[bar.get_width() for bar in part] for part in axis.containers]
    assert widths == [[1, 3], [2, 0]]
    assert axis.containers[1][0].get_x() == 1


def test_a_file_without_the_optimizer_is_smaller(files, tmp_path):
    keras.saving.load_model(files / "all.keras", compile=False).save(tmp_path / "bare.keras")
    assert page.parts_held(tmp_path / "bare.keras")["optimizer state"] is False
    saved = page.bytes_on_disk(files / "all.keras") - page.bytes_on_disk(tmp_path / "bare.keras")
    assert saved > 4 * 9094


def test_a_saved_model_predicts_and_does_not_train(files, trained):
    images, labels = pictures()
    graph = keras.layers.TFSMLayer(str(files / "all"), call_endpoint="serve")
    np.testing.assert_allclose(graph(images), trained.predict(images, verbose=0), atol=1e-6)
    served = keras.Sequential([keras.Input((8, 8, 1)), graph])
    served.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="is not a valid scope name"):
        served.fit(images, labels, verbose=0)
    served.compile("sgd", "sparse_categorical_crossentropy")  # it adds no variables to the graph's
    before = [np.array(weight) for weight in served.get_weights()]
    served.fit(images, labels, verbose=0)
    assert page.largest_change(before, served.get_weights()) > 0
    with pytest.raises(ValueError, match="File format not supported"):
        keras.saving.load_model(files / "all")


def test_a_model_from_json_is_compiled_and_has_new_weights(files, trained):
    again = keras.models.model_from_json((files / "all.json").read_text("utf-8"))
    assert again.compiled
    assert isinstance(again.optimizer, keras.optimizers.Adam)
    assert page.largest_change(again.get_weights(), trained.get_weights()) > 0.01


def test_a_folder_holds_three_parts_and_no_vocabulary(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = keras.layers.StringLookup()
    words.adapt(np.array([["a"], ["b"]]))
    model = keras.Sequential([keras.Input((1,), dtype="string"), words])
    model.save("m.keras")
    with zipfile.ZipFile("m.keras") as archive:
        assert any(name.startswith("assets/") for name in archive.namelist())
    model.save("m", zipped=False)
    names = sorted(path.name for path in (tmp_path / "m").iterdir())
    assert names == ["config.json", "metadata.json", "model.weights.h5"]


def test_a_model_comes_back_from_a_folder_and_its_weights_from_several_files(trained, tmp_path):
    trained.save(tmp_path / "m", zipped=False)
    again = keras.saving.load_model(str(tmp_path / "m"))
    assert page.largest_change(again.get_weights(), trained.get_weights()) == 0
    trained.save_weights(tmp_path / "m.weights.json", max_shard_size=2e-5)
    assert len(list(tmp_path.glob("m_*.weights.h5"))) > 1
    other = page.build_and_load(tmp_path / "m.weights.json", prepare=True)
    assert page.largest_change(other.get_weights(), trained.get_weights()) == 0


# The legacy format


def test_a_model_from_h5_refuses_to_train_on(files):
    old = keras.saving.load_model(files / "all.h5")
    assert len(old.optimizer.variables) == 2  # the count of updates and the learning rate
    with pytest.raises(ValueError, match="Unknown variable"):
        old.fit(*pictures(), verbose=0)
    old.compile("adam", "sparse_categorical_crossentropy")
    old.fit(*pictures(), verbose=0)


def test_a_loss_given_as_mse_is_not_found_again(tmp_path):
    model = page.build_dense_chain(1)
    model.compile("adam", "mse")
    model.save(tmp_path / "mse.h5")
    with pytest.raises(ValueError, match=r"Could not deserialize 'keras\.metrics\.mse'"):
        keras.saving.load_model(tmp_path / "mse.h5")
    keras.saving.load_model(tmp_path / "mse.h5", compile=False)


def test_saving_as_h5_takes_the_optimizer_from_the_live_model(files, tmp_path):
    live = keras.saving.load_model(files / "all.keras")
    live.save(tmp_path / "live.h5")
    live.save(tmp_path / "live.keras")
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'rm_sprop"):
        again = keras.saving.load_model(tmp_path / "live.keras")
    assert isinstance(again.optimizer, keras.optimizers.RMSprop)


# Weights alone


def test_names_and_dropout_do_not_matter_and_a_missing_layer_goes_unnoticed(tmp_path):
    path = tmp_path / "chain.weights.h5"
    first = page.build_dense_chain(32, 10)
    first.save_weights(path)
    for other, said in [
        (page.build_dense_chain(32, 10), "4 of 4"),
        (page.build_dense_chain(32, 10, names=("a", "b")), "4 of 4"),
        (page.build_dense_chain(32, 10, dropout=0.5), "4 of 4"),
        (page.build_dense_chain(32), "2 of 2"),
    ]:
        other.load_weights(path)
        assert page.arrays_that_agree(other, first) == f"{said} arrays agree"


def test_other_shapes_and_a_layer_more_are_errors_after_what_fits_was_loaded(tmp_path):
    path = tmp_path / "chain.weights.h5"
    first = page.build_dense_chain(32, 10)
    first.save_weights(path)
    wider = page.build_dense_chain(48, 10, names=("wide", "digit"))
    said = page.loading_error(lambda: wider.load_weights(path)).splitlines()
    assert said[0].startswith("ValueError: A total of 2 objects could not be loaded.")
    assert said[1].strip() == (
        "The shape of the target variable and the shape of the target value in "
        "`variable.assign(value)` must match. variable.shape=(64, 48), "
        "Received: value.shape=(64, 32)."
    )
    assert page.arrays_that_agree(wider, first) == "0 of 4 arrays agree"
    longer = page.build_dense_chain(32, 10, 5, names=("a", "b", "extra"))
    assert page.loading_error(lambda: longer.load_weights(path)).splitlines()[1].strip() == (
        "Layer 'extra' expected 2 variables, but received 0 variables during loading. "
        "Expected: ['kernel', 'bias']"
    )
    assert page.arrays_that_agree(longer, first) == "4 of 6 arrays agree"


def test_errors_of_one_line_and_no_error_are_said_too():
    unbuilt = keras.Sequential([keras.layers.Dense(3)])
    said = page.loading_error(lambda: unbuilt.load_weights("any.weights.h5"))
    assert said.startswith("ValueError: You are loading weights into a model that has not yet")
    assert "\n" not in said
    assert page.loading_error(list) == "no error"


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")
def test_skipping_loads_the_rest_with_a_warning(tmp_path):
    first = page.build_dense_chain(32, 10)
    first.save_weights(tmp_path / "chain.weights.h5")
    seven = page.build_dense_chain(32, 7)
    with pytest.warns(UserWarning, match="could not be loaded"):
        seven.load_weights(tmp_path / "chain.weights.h5", skip_mismatch=True)
    assert page.arrays_that_agree(seven, first) == "2 of 4 arrays agree"


def test_loading_by_name_is_for_the_legacy_format(tmp_path):
    first = page.build_dense_chain(32, 10, names=("a", "b"))
    first.save_weights(tmp_path / "chain.weights.h5")
    with pytest.raises(ValueError, match="`by_name` only supports loading legacy"):
        first.load_weights(tmp_path / "chain.weights.h5", by_name=True)
    first.save(tmp_path / "chain.h5")
    other = page.build_dense_chain(32, 7, names=("a", "other"))
    other.load_weights(tmp_path / "chain.h5", by_name=True)
    assert page.arrays_that_agree(other, first) == "2 of 4 arrays agree"


def test_save_under_the_name_of_weights_writes_a_whole_model(tmp_path):
    page.build_dense_chain(3).save(tmp_path / "odd.weights.h5")
    with h5py.File(tmp_path / "odd.weights.h5") as file:
        assert "model_config" in file.attrs


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda model, f: model.save_weights(f / "a.h5"), "must end in `.weights.h5`"),
        (lambda model, f: model.save(f / "a"), "Invalid filepath extension for saving"),
        (
            lambda _, f: keras.callbacks.ModelCheckpoint(f / "a.keras", save_weights_only=True),
            "must end in `.weights.h5`",
        ),
    ],
)
def test_wrong_endings_are_refused(action, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        action(page.build_dense_chain(3), tmp_path)


def test_a_file_of_weights_is_no_model(tmp_path):
    page.build_dense_chain(3).save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(ValueError, match="No model config found"):
        keras.saving.load_model(tmp_path / "a.weights.h5")


# One more step


def test_two_ways_lose_the_state_of_the_optimizer_and_three_do_not(files):
    weights = files / "all.weights.h5"
    images, labels = pictures()
    models = {
        "whole": keras.saving.load_model(files / "all.keras"),
        "json": page.load_from_json(files / "all.json", weights),
        "prepared": page.build_and_load(weights, prepare=True),
        "compiled": page.load_and_compile(files / "all.keras"),
    }
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'adam"):
        models["bare"] = page.build_and_load(weights, prepare=False)
    reference = keras.saving.load_model(files / "all.keras")
    before = page.trainable_arrays(reference)
    reference.train_on_batch(images, labels)
    after = page.trainable_arrays(reference)
    for model in models.values():
        assert page.largest_change(before, page.trainable_arrays(model)) == 0
        model.train_on_batch(images, labels)
    gaps = {k: page.largest_change(after, page.trainable_arrays(m)) for k, m in models.items()}
    assert gaps["whole"] == gaps["json"] == gaps["prepared"] == 0
    assert gaps["bare"] == gaps["compiled"] > 1e-4
    fresh = page.largest_change(before, page.trainable_arrays(models["bare"]))
    assert fresh == pytest.approx(0.001, rel=0.01)  # the first step of Adam


def test_the_largest_change_by_hand():
    before = [np.array([1.0, 2.0]), np.array([[3.0]])]
    after = [np.array([1.5, 2.0]), np.array([[2.0]])]
    assert page.largest_change(before, after) == 1
    with pytest.raises(ValueError, match="argument"):
        page.largest_change(before, after[:1])


def test_gaps_are_bars_beside_the_step():
    axis = Figure().subplots()
    page.plot_gaps(axis, {"kept": 0.0, "lost": 0.5}, step=0.25)
    assert [bar.get_width() for bar in axis.patches] == [0, 0.5]
    assert list(axis.lines[0].get_xdata()) == [0.25, 0.25]


def test_a_run_resumes_after_a_power_cut_with_the_same_weights(tmp_path):
    options = {"epochs": 3, "shuffle": False, "verbose": 0}
    folder = tmp_path / "backup"

    def built():
        keras.utils.set_random_seed(0)
        return page.build_named_cnn()

    straight = built()
    straight.fit(*pictures(), **options)
    backup = keras.callbacks.BackupAndRestore(folder)
    with pytest.raises(RuntimeError, match="no power after 2 epochs"):
        built().fit(*pictures(), callbacks=[backup, page.PowerCut(2)], **options)
    assert json.loads((folder / "training_metadata.json").read_text("utf-8"))["epoch"] == 2
    resumed = page.build_named_cnn()
    backup = keras.callbacks.BackupAndRestore(folder)
    assert resumed.fit(*pictures(), callbacks=[backup], **options).epoch == [2]
    assert not folder.exists()
    assert page.largest_change(straight.get_weights(), resumed.get_weights()) == 0
    assert resumed.fit(*pictures(), **options).epoch == [2], "it keeps in mind where it resumed"


def test_training_goes_on_at_the_epoch_that_is_passed(trained, tmp_path):
    trained.save(tmp_path / "02.keras")
    later = keras.saving.load_model(tmp_path / "02.keras")
    assert later.fit(*pictures(), epochs=4, initial_epoch=2, verbose=0).epoch == [2, 3]


def test_a_backup_within_an_epoch_starts_the_epoch_anew(tmp_path):
    folder = tmp_path / "backup"
    backup = keras.callbacks.BackupAndRestore(folder, save_freq=2, double_checkpoint=True)
    with pytest.raises(RuntimeError, match="no power after 1 epochs"):
        page.build_named_cnn().fit(
            *pictures(), epochs=3, verbose=0, callbacks=[backup, page.PowerCut(1)]
        )
    held = json.loads((folder / "training_metadata.json").read_text("utf-8"))
    assert held == {"epoch": 0, "batch": 1}  # three batches an epoch, the second was kept
    resumed = page.build_named_cnn()
    backup = keras.callbacks.BackupAndRestore(folder)
    assert resumed.fit(*pictures(), epochs=3, verbose=0, callbacks=[backup]).epoch == [0, 1, 2]


class CutAtBatch(keras.callbacks.Callback):
    def __init__(self, left):
        super().__init__()
        self.left = left

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            raise RuntimeError("no power within an epoch")


def test_after_a_second_failure_within_the_epoch_a_backup_starts_at_epoch_0(tmp_path):
    folder, held = tmp_path / "backup", []
    for batches in (3 + 2, 2):  # of three an epoch
        backup = keras.callbacks.BackupAndRestore(folder, save_freq=1)
        callbacks = [backup, CutAtBatch(batches)]
        with pytest.raises(RuntimeError, match="no power within an epoch"):
            page.build_named_cnn().fit(*pictures(), epochs=3, verbose=0, callbacks=callbacks)
        held.append(json.loads((folder / "training_metadata.json").read_text("utf-8"))["epoch"])
    assert held == [1, 0]


def test_there_is_no_experimental_module_of_callbacks():
    assert not hasattr(keras.callbacks, "experimental")


def test_backup_refuses_a_model_without_shapes(tmp_path):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(ValueError, match="must be built"):
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0, callbacks=[backup])


# Custom objects


@pytest.fixture
def registry():
    """Leave the registered objects as they were."""
    known = dict(keras.saving.get_custom_objects())
    yield keras.saving.get_custom_objects()
    keras.saving.get_custom_objects().clear()
    keras.saving.get_custom_objects().update(known)


def test_registration_counts_when_the_file_is_written(registry, tmp_path):
    class Late(page.ScalePixels):
        """Not registered at first."""

    model = keras.Sequential([keras.Input((2,)), Late(16, name="scale")])
    early, late = tmp_path / "early.keras", tmp_path / "late.keras"
    model.save(early)
    with pytest.raises(TypeError, match="Could not locate class 'Late'"):
        keras.saving.load_model(early)
    keras.saving.register_keras_serializable("digits")(Late)
    with pytest.raises(TypeError, match="Could not locate class 'Late'"):
        keras.saving.load_model(early)
    model.save(late)
    for again in (
        keras.saving.load_model(late),
        keras.saving.load_model(early, {"Late": Late}),
    ):
        assert (again.layers[-1].maximum, again.layers[-1].name) == (16, "scale")
        assert again(np.full((1, 2), 8.0)).numpy().tolist() == [[0.5, 0.5]]
    names = [
        page.read_parts(path)[0]["config"]["layers"][1]["registered_name"] for path in (early, late)
    ]
    assert names == ["Late", "digits>Late"]


def test_a_program_without_the_registration_passes_the_class_under_the_name_in_the_file(
    registry, tmp_path
):
    path = tmp_path / "scaled.keras"
    keras.Sequential([keras.Input((2,)), page.ScalePixels(16)]).save(path)
    assert keras.saving.load_model(path).layers[-1].maximum == 16
    registry.clear()
    for wrong in (None, {"ScalePixels": page.ScalePixels}):
        with pytest.raises(TypeError, match="Could not locate class 'ScalePixels'"):
            keras.saving.load_model(path, wrong)
    own = {"digits>ScalePixels": page.ScalePixels}
    assert keras.saving.load_model(path, own).layers[-1].maximum == 16
    with keras.saving.custom_object_scope(own):
        assert keras.saving.load_model(path).layers[-1].maximum == 16


def test_a_function_a_layer_in_a_layer_and_a_subclassed_model_come_back(tmp_path):
    assert np.array(page.squared_relu(np.array([-2.0, 3.0]))).tolist() == [0, 9]
    rows = np.random.default_rng(0).uniform(0, 1, (5, 64)).astype("float32")
    block = page.Residual(keras.layers.Dense(64, activation=page.squared_relu), name="block")
    models = {
        "layer": keras.Sequential([keras.Input((64,)), block]),
        "model": page.SmallReader(24, name="small"),
    }
    loaded = {}
    for name, model in models.items():
        before = model.predict(rows, verbose=0)
        model.save(tmp_path / f"{name}.keras")
        loaded[name] = keras.saving.load_model(tmp_path / f"{name}.keras")
        np.testing.assert_array_equal(loaded[name].predict(rows, verbose=0), before)
    again = loaded["layer"].layers[-1]
    assert (again.name, again.inner.activation) == ("block", page.squared_relu)
    assert (loaded["model"].name, loaded["model"].width) == ("small", 24)
    clone = keras.models.clone_model(models["layer"])
    assert clone.layers[-1].inner.activation is page.squared_relu


def test_groups_of_subclassed_models_and_inner_layers_are_named_after_attributes(tmp_path):
    rows = np.ones((1, 64), "float32")
    reader = page.SmallReader()
    reader(rows)
    inner = keras.Sequential([keras.Input((64,)), page.Residual(keras.layers.Dense(64))])
    found = []
    for number, model in enumerate((reader, inner)):
        model.save_weights(tmp_path / f"{number}.weights.h5")
        names = page.arrays_in_h5(tmp_path / f"{number}.weights.h5")
        found.append(sorted({name.partition("/vars")[0] for name in names}))
    assert found == [["digit", "hidden"], ["layers/residual/inner"]]


def test_only_layers_and_models_record_their_arguments():
    class Twice(keras.layers.Layer):
        def __init__(self, factor=1.0, **settings):
            super().__init__(**settings)

    class Weighted(keras.losses.Loss):
        def __init__(self, factor=1.0, **settings):
            super().__init__(**settings)

    class Spread(keras.initializers.Initializer):
        def __init__(self, factor=1.0):
            self.factor = factor

    class Steady(keras.optimizers.schedules.LearningRateSchedule):
        def __init__(self, factor=1.0):
            self.factor = factor

    assert Twice(3.0).get_config()["factor"] == 3
    assert "factor" not in Weighted(3.0).get_config()
    assert Spread(3.0).get_config() == {}
    with pytest.raises(NotImplementedError, match="must override `get_config"):
        Steady(3.0).get_config()
    with pytest.raises(NotImplementedError, match="non-serializable argument"):
        Twice(np.ones(2)).get_config()


def test_a_forgotten_argument_changes_predictions_without_an_error(tmp_path):
    model = keras.Sequential([keras.Input((1,)), page.ForgetfulScale(16)])
    model.save(tmp_path / "forgetful.keras")
    own = {"ForgetfulScale": page.ForgetfulScale}
    again = keras.saving.load_model(tmp_path / "forgetful.keras", custom_objects=own)
    answers = [float(network(np.array([[16.0]]))[0, 0]) for network in (model, again)]
    assert answers == pytest.approx([1, 16 / 255])


def test_only_a_saved_model_does_without_the_class(registry, tmp_path):
    registry.clear()
    model = keras.Sequential([keras.Input((2,)), page.ScalePixels(16)])
    model.export(str(tmp_path / "scaled"), verbose=False)
    graph = keras.layers.TFSMLayer(str(tmp_path / "scaled"), call_endpoint="serve")
    assert graph(np.full((1, 2), 8, "float32")).numpy().tolist() == [[0.5, 0.5]]


# Parts of models


def test_intermediate_outputs_and_what_has_none(trained):
    images, _ = pictures(2)
    every = keras.Model(trained.input, {layer.name: layer.output for layer in trained.layers})
    outputs = every.predict(images, verbose=0)
    np.testing.assert_array_equal(outputs["relu"], np.maximum(outputs["norm"], 0))
    np.testing.assert_array_equal(outputs["digit"], trained.predict(images, verbose=0))
    nested = keras.Sequential([keras.Input((8, 8, 1)), every, keras.layers.Identity()])
    with pytest.raises(ValueError, match="No such layer: conv"):
        nested.get_layer("conv")
    with pytest.raises(ValueError, match="Output with path `` is not connected to `inputs`"):
        keras.Model(nested.inputs, every.get_layer("conv").output)
    deferred = keras.Sequential([keras.layers.Dense(3)])
    with pytest.raises(AttributeError, match="has no defined inputs yet"):
        _ = deferred.inputs
    with pytest.raises(AttributeError, match="has no defined input"):
        _ = nested.input  # a `Sequential` has `inputs`, a list


def test_maps_are_drawn_beside_the_image():
    axes = Figure().subplots(2, 3)
    outputs = {"a": np.ones((4, 4, 2)), "b": np.zeros((2, 2, 2))}
    page.plot_layer_outputs(axes, np.eye(4), outputs)
    assert [axis.images[0].get_array().shape for axis in axes[1]] == [(4, 4), (2, 2), (2, 2)]
    assert axes[1][0].get_ylabel() == "b"


def test_the_two_halves_are_the_whole_and_share_its_weights(trained):
    images, _ = pictures(5)
    cut = trained.get_layer("code").output
    encoder, head = keras.Model(trained.input, cut), keras.Model(cut, trained.output)
    image = keras.Input((8, 8, 1))
    joined = keras.Model(image, head(encoder(image)))
    answers = trained.predict(images, verbose=0)
    codes = encoder.predict(images, verbose=0)
    np.testing.assert_array_equal(head.predict(codes, verbose=0), answers)
    np.testing.assert_array_equal(joined.predict(images, verbose=0), answers)
    assert joined.count_params() == trained.count_params()
    assert encoder.get_layer("conv").kernel is trained.get_layer("conv").kernel


def test_a_cut_beside_a_residual_connection_needs_a_second_input():
    start = keras.Input((4,))
    first = keras.layers.Dense(4)(start)
    end = keras.layers.Add()([keras.layers.Dense(4)(first), start])
    with pytest.raises(ValueError, match="is not connected to `inputs`"):
        keras.Model(first, end)
    assert keras.Model([first, start], end).input_shape == [(None, 4), (None, 4)]


# Freezing


@pytest.fixture
def loaded(files):
    """Return the trained network, loaded anew."""
    return keras.saving.load_model(files / "all.keras")


def moved(model, watched=None):
    """Return the paths of weights that an epoch changes."""
    changes = page.changes_in_epoch(model, watched or model, *pictures())
    return {path for path, change in changes.items() if change}


HEAD = {"digit/kernel", "digit/bias"}
NORM = {f"norm/{name}" for name in ("gamma", "beta", "moving_mean", "moving_variance")}


def test_freezing_counts_at_once_and_works_after_compiling(loaded, tmp_path):
    loaded.fit(*pictures(), batch_size=64, verbose=0)  # builds the training step
    page.freeze_all_but(loaded, "digit")
    assert page.parameter_counts(loaded) == (330, 4232)
    assert "code/kernel" in moved(loaded)  # TensorFlow goes on
    loaded.compile("adam", "sparse_categorical_crossentropy")
    assert moved(loaded) == HEAD
    loaded.save(tmp_path / "frozen.keras")
    assert page.parameter_counts(keras.saving.load_model(tmp_path / "frozen.keras")) == (330, 4232)


def test_frozen_normalization_keeps_all_four_weights(loaded):
    every = {weight.path for weight in loaded.weights}
    assert moved(loaded) == every
    loaded.get_layer("norm").trainable = False
    loaded.compile("adam", "sparse_categorical_crossentropy")
    assert moved(loaded) == every - NORM


def test_frozen_normalization_is_in_inference_mode_whatever_it_is_told():
    layer = keras.layers.BatchNormalization()
    values = np.random.default_rng(0).normal(5, 2, (64, 8)).astype("float32")
    free = np.array(layer(values, training=True))
    layer.trainable = False
    modes = [np.array(layer(values, training=mode)) for mode in (True, False)]
    np.testing.assert_array_equal(*modes)
    assert np.abs(modes[0] - free).max() > 1


def test_calling_with_training_false_does_not_hold_the_moving_averages(loaded):
    image = keras.Input((8, 8, 1))
    outer = keras.Model(image, loaded(image, training=False))
    outer.compile("adam", "sparse_categorical_crossentropy")
    assert moved(outer, loaded) >= NORM


def test_normalization_has_weights_that_are_not_trainable():
    layer = keras.layers.Normalization()
    layer.adapt(np.arange(6.0).reshape(3, 2))
    assert len(layer.non_trainable_weights) >= 2


def test_a_table_marks_what_changed():
    axis = Figure().subplots()
    page.plot_frozen(axis, {"a": {"x": 0.0, "y": 0.25}, "b": {"x": 2.0, "y": 0.0}})
    assert [text.get_text() for text in axis.texts] == ["0", "2e+00", "2e-01", "0"]
    assert axis.images[0].get_array().tolist() == [[False, True], [True, False]]


# From model to model


def test_weights_are_copied_where_name_and_shapes_agree(trained):
    narrow = page.build_named_cnn(code=16)
    assert page.copy_weights_by_name(trained, narrow) == (["conv", "norm"], ["code", "digit"])
    for name in ("conv", "norm"):
        pairs = zip(
            trained.get_layer(name).get_weights(), narrow.get_layer(name).get_weights(), strict=True
        )
        assert all(np.array_equal(ours, theirs) for ours, theirs in pairs)


def test_a_clone_shares_nothing_is_new_and_compiled(loaded):
    clone = keras.models.clone_model(loaded)
    assert clone.compiled
    assert isinstance(clone.optimizer, keras.optimizers.Adam)
    assert page.largest_change(clone.get_weights(), loaded.get_weights()) > 0.01
    clone.set_weights(loaded.get_weights())
    clone.train_on_batch(*pictures())
    assert page.largest_change(clone.get_weights(), loaded.get_weights()) > 0


# Other backends


@pytest.mark.weekly
def test_the_same_file_answers_alike_on_all_backends(files, tmp_path):
    images, labels = pictures(20)
    np.savez(tmp_path / "data.npz", images=images, labels=labels)
    paths = [str(files / "all.keras"), str(tmp_path / "data.npz")]
    here = page.answers_after_loading(*paths)
    assert np.shape(here["probabilities"]) == (20, 10)
    assert np.shape(here["weights"]) == (4562,)
    call = f"answers_after_loading(*{paths})"
    for backend in ("jax", "torch"):
        pytest.importorskip(backend)
        there = call_on_backend(backend, [page.answers_after_loading], call, header=HEADER)
        for what in here:
            np.testing.assert_allclose(there[what], here[what], atol=1e-5)


# The exercise

KINDS = [["dense", "dense"], ["conv2d", "dense", "dense"], ["dense", "dropout"] * 2]
LAYERS = {"dense": keras.layers.Dense, "conv2d": keras.layers.Conv2D}


@pytest.mark.parametrize("kinds", KINDS)
def test_groups_are_those_of_keras(kinds, tmp_path):
    layers = [keras.Input((4, 4, 1))]
    for kind in kinds:
        if kind == "dropout":
            layers.append(keras.layers.Dropout(0.5))
        else:
            layers.append(LAYERS[kind](2, **({"kernel_size": 1} if kind == "conv2d" else {})))
    keras.Sequential(layers).save(tmp_path / "a.keras")
    with zipfile.ZipFile(tmp_path / "a.keras") as archive, archive.open("model.weights.h5") as raw:
        groups = {name.split("/")[1] for name in page.arrays_in_h5(raw)}
    assert groups == {name for name in page.weight_groups(kinds) if "dropout" not in name}


def test_the_usual_mistake_counts_all_layers():
    assert page.weight_groups(["dense", "dropout", "dense"]) == ["dense", "dropout", "dense_1"]
    careless = page.careless_weight_groups(["dense", "dropout", "dense"])
    assert careless == ["dense", "dropout_1", "dense_2"]
