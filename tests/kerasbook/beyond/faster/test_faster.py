import ast
import inspect
import itertools

import keras
import numpy as np
import pytest
from keras import ops
from PIL import Image, ImageOps

from kerasbook.beyond.faster import network as networks
from kerasbook.beyond.faster import scoring, short, training
from kerasbook.networks import article_layers


@pytest.fixture
def images():
    """Forty smooth images of eight by eight pixels, so that neighbors are correlated."""
    generator = np.random.default_rng(0)
    coarse = generator.integers(0, 256, (40, 2, 2, 3)).astype("float32")
    smooth = np.asarray(ops.image.resize(coarse, (8, 8), antialias=True))
    return np.clip(smooth + generator.normal(0, 20, smooth.shape), 0, 255).astype("uint8")


# The network


def test_each_channel_gets_mean_zero_and_variance_one(images):
    normal = np.asarray(networks.normalization_of(images)(images))
    np.testing.assert_allclose(normal.mean(axis=(0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(normal.var(axis=(0, 1, 2)), 1, atol=1e-4)


def test_outputs_of_whitening_filters_are_uncorrelated(images):
    normal = np.asarray(networks.normalization_of(images)(images))
    kernel = networks.whitening_kernel(normal, epsilon=0)
    assert kernel.shape == (2, 2, 3, 24)
    outputs = np.asarray(ops.conv(normal, kernel, padding="valid")).reshape(-1, 24)
    np.testing.assert_allclose(outputs[:, :12], -outputs[:, 12:], atol=1e-4)
    half = outputs[:, :12]
    np.testing.assert_allclose(half.T @ half / len(half), np.eye(12), atol=1e-3)


def test_epsilon_keeps_whitening_from_blowing_up_what_never_varies():
    flat = np.ones((3, 4, 4, 1), "float32")
    assert np.abs(networks.whitening_kernel(flat)).max() <= 1 / np.sqrt(5e-4)


def test_dirac_hands_on_each_channel_and_draws_the_rest():
    keras.utils.set_random_seed(0)
    kernel = np.asarray(networks.dirac_initializer((3, 3, 2, 5)))
    x = np.random.default_rng(0).normal(size=(1, 4, 4, 2)).astype("float32")
    outputs = np.asarray(ops.conv(x, kernel, padding="same"))
    np.testing.assert_allclose(outputs[..., :2], x, atol=1e-6)
    assert 0 < np.abs(kernel[..., 2:]).max() <= 1 / np.sqrt(18)
    narrow = np.asarray(networks.dirac_initializer((3, 3, 4, 2)))
    assert narrow.sum() == 2


def test_a_quick_bias_moves_eight_times_as_far_by_a_gradient_eight_times_as_large():
    layer = networks.ScaledBias()
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.SGD(0.01), loss=lambda y_true, y_pred: ops.mean(y_pred))
    model.fit(np.zeros((4, 1)), np.zeros((4, 1)), verbose=0)
    np.testing.assert_allclose(layer.bias, [-0.08], atol=1e-6)
    np.testing.assert_allclose(model(np.ones((1, 1))), [[1 - 0.64]], atol=1e-6)


def test_normalizing_after_pooling_is_pooling_after_normalizing(images):
    """The page says so; mean and deviation must be the same ones."""
    maps = images.astype("float32")
    mean, deviation = maps.mean(axis=(0, 1, 2)), maps.std(axis=(0, 1, 2))
    pool = keras.layers.MaxPooling2D(2)
    after = (np.asarray(pool(maps)) - mean) / deviation
    np.testing.assert_allclose(after, pool((maps - mean) / deviation), atol=1e-5)


def test_the_network_takes_images_of_any_size(images):
    model = networks.build_fast_network(images, (4, 6))
    assert model(images[:2]).shape == (2, 10)
    assert model(np.tile(images[:2], (1, 2, 3, 1))).shape == (2, 10)


def test_the_network_is_saved_and_loaded_again(images, tmp_path):
    keras.utils.set_random_seed(0)
    model = networks.build_fast_network(images, (4, 6))
    training.train_fast(model, [(made(images, batch_size=20), 1)])
    expected = model.predict(images, verbose=0)
    model.save(tmp_path / "fast.keras")
    loaded = keras.saving.load_model(tmp_path / "fast.keras")
    np.testing.assert_allclose(loaded.predict(images, verbose=0), expected, atol=1e-6)


def test_whitening_is_computed_and_stays(images):
    model = networks.build_fast_network(images, (4,))
    first = model.layers[1]
    before = first.get_weights()[0]
    assert before.shape == (2, 2, 3, 24)
    training.train_fast(model, [(made(images, batch_size=20), 1)])
    np.testing.assert_array_equal(first.get_weights()[0], before)
    learned = networks.build_fast_network(images, (4,), whiten=False).layers[1]
    assert [weight.path for weight in learned.trainable_weights]


@pytest.mark.parametrize("wrong", [np.zeros((2, 8, 8, 3)), np.zeros((8, 8, 3), "uint8")])
def test_images_that_are_scaled_or_no_batch_are_refused(wrong):
    found = f"{wrong.dtype} {wrong.shape}".replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=rf"0 to 255, not scaled. Received: {found}"):
        networks.build_fast_network(wrong)


# The training


@pytest.mark.parametrize(
    ("step", "rate"), [(0, 0.4), (115, 1.2), (230, 2.0), (615, 1.07), (1000, 0.14)]
)
def test_the_rate_rises_to_its_peak_and_falls(step, rate):
    schedule = training.TriangularRate(2.0, 1000)
    assert float(schedule(step)) == pytest.approx(rate, abs=1e-5)
    copy = training.TriangularRate.from_config(schedule.get_config())
    assert float(copy(step)) == pytest.approx(rate, abs=1e-5)


def epoch_of(batches):
    """Return the images of an epoch in the order of the training set."""
    shown = np.concatenate([batches[number][0] for number in range(len(batches))])
    return shown[np.argsort(batches.draws.order)]


def end_epoch(batches):
    """Tell batches what `fit` tells them around an epoch."""
    batches.on_epoch_begin()
    batches.on_epoch_end()


def made(images, batch_size=10, **settings):
    """Make batches of ten, labelled in turn."""
    draws = training.EpochDraws(40, **({"seed": 0, "shift": 0} | settings))
    return training.AugmentedBatches(images, np.arange(40) % 10, draws, batch_size=batch_size)


def test_alternating_flips_show_each_image_both_ways_in_two_epochs(images):
    batches = made(images)
    first = epoch_of(batches)
    end_epoch(batches)
    second = epoch_of(batches)
    np.testing.assert_array_equal(first, second[:, :, ::-1])
    as_they_are = (first == images).all(axis=(1, 2, 3))
    assert 5 < as_they_are.sum() < 35
    np.testing.assert_array_equal(first[~as_they_are], images[~as_they_are][:, :, ::-1])


def test_no_flips_and_no_shifts_leave_images_alone(images):
    np.testing.assert_array_equal(epoch_of(made(images, flips="none")), images)


def test_random_flips_repeat_some_sides(images):
    batches = made(images, flips="random")
    first = epoch_of(batches)
    end_epoch(batches)
    same = (first == epoch_of(batches)).all(axis=(1, 2, 3))
    assert 5 < same.sum() < 35


def test_a_shift_is_that_of_pillow_with_mirrored_edges(images):
    batches = made(images, shift=2, flips="none")
    shown = epoch_of(batches)
    for image, moved, (row, column) in zip(images, shown, batches.draws.places, strict=True):
        padded = np.pad(image, ((2, 2), (2, 2), (0, 0)), mode="reflect")
        cut = Image.fromarray(padded).crop((column, row, column + 8, row + 8))
        np.testing.assert_array_equal(moved, np.asarray(cut))
    assert {tuple(place) for place in batches.draws.places} > {(2, 2)}
    mirrored = ImageOps.mirror(Image.fromarray(images[0]))
    np.testing.assert_array_equal(np.asarray(mirrored), images[0][:, ::-1])


def test_labels_follow_their_images(images):
    marked = np.broadcast_to(np.arange(40, dtype="uint8").reshape(40, 1, 1, 1), (40, 8, 8, 3))
    for batch, labels in (made(marked)[number] for number in range(4)):
        np.testing.assert_array_equal(labels.argmax(axis=1), batch[:, 0, 0, 0] % 10)


@pytest.mark.parametrize("size", [0, 41])
def test_a_batch_of_none_or_of_too_many_is_refused(images, size):
    with pytest.raises(ValueError, match=rf"1 to the 40 images. Received: batch_size={size}"):
        made(images, batch_size=size)


def test_draws_for_another_number_of_images_are_refused(images):
    draws = training.EpochDraws(39, seed=0)
    with pytest.raises(ValueError, match=r"the 40 images. Received: draws.count=39"):
        training.AugmentedBatches(images, np.arange(40) % 10, draws, batch_size=10)


def test_flips_by_another_name_are_refused(images):
    with pytest.raises(ValueError, match="Received: flips='both'"):
        made(images, flips="both")


def test_shrinking_is_that_of_pillow(images):
    small = training.shrink_images(images, 6)
    assert small.shape == (40, 6, 6, 3)
    assert small.dtype == np.uint8
    for image, found in zip(images, small, strict=True):
        expected = Image.fromarray(image).resize((6, 6), Image.Resampling.BILINEAR)
        assert np.abs(found.astype(int) - np.asarray(expected)).max() <= 1
    np.testing.assert_array_equal(training.shrink_images(images, 8), images)


def test_images_grow_while_rate_and_average_go_on(images):
    keras.utils.set_random_seed(0)
    stages = training.progressive_resizing(
        images, np.arange(40) % 10, [[4, 2], [8, 1]], batch_size=10, seed=0
    )
    assert [batches[0][0].shape for batches, _ in stages] == [(10, 4, 4, 3), (10, 8, 8, 3)]
    model = networks.build_fast_network(images, (4,))
    losses = training.train_fast(model, stages)
    assert len(losses) == 3
    assert int(model.optimizer.iterations) == 12
    rate = float(model.optimizer.learning_rate)  # fallen as far as after one training
    assert rate == pytest.approx(0.07 * 1.5 * 10 / 1024, rel=1e-4)


def test_the_next_size_goes_on_where_the_last_one_stopped(images, monkeypatch):
    """Three epochs in two sizes draw what three epochs in one size draw.

    `fit` calls `on_epoch_end` before its first epoch, too: that must not skip a turn.
    """
    seen = []
    shuffle = training.EpochDraws.shuffle

    def shuffle_and_note(draws):
        shuffle(draws)
        seen.append((draws.order.tolist(), draws.places.tolist(), draws.flipped.tolist()))

    monkeypatch.setattr(training.EpochDraws, "shuffle", shuffle_and_note)
    found = []
    for sizes in ([[4, 2], [8, 1]], [[8, 3]]):
        seen.clear()
        stages = training.progressive_resizing(
            images, np.arange(40) % 10, sizes, batch_size=10, seed=0
        )
        training.train_fast(networks.build_fast_network(images, (4,)), stages)
        found.append(list(seen))
    grown, whole = found
    assert grown == whole
    assert len(grown) == 4  # three epochs, and what a fourth would show
    orders, places, sides = zip(*grown, strict=True)
    assert all(orders.count(order) == 1 for order in orders)
    assert all(places.count(place) == 1 for place in places)
    for earlier, later in itertools.pairwise(sides):
        assert [not side for side in earlier] == later


class Line(keras.Model):
    """Stands for a model: one weight, which is set from outside."""

    def __init__(self):
        super().__init__()
        self.weight = self.add_weight(shape=(), initializer="zeros")


def test_looking_ahead_pulls_as_worked_out_by_hand():
    def pulled(values, steps):
        model, callback = Line(), training.Lookahead(steps)
        callback.set_model(model)
        found = []
        for value in values:
            model.weight.assign(value)
            callback.on_train_batch_end(0)
            found.append(float(model.weight))
        return found

    # The average begins with the fifth weight, at 4; the last step keeps it whole.
    assert pulled([8.0, 0.0, 0.0, 0.0, 4.0, 6.0], 6) == [8.0, 0.0, 0.0, 0.0, 4.0, 4.0]
    kept = 0.95**5 * (10 / 20) ** 3
    found = pulled([0.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 8.0], 20)
    assert found[-1] == pytest.approx(kept * 4 + (1 - kept) * 8)


def test_training_ends_after_its_steps_and_repeats_with_a_seed(images):
    def train(seed=0, **settings):
        keras.utils.set_random_seed(1)
        model = networks.build_fast_network(images, (4,))
        stages = [(made(images, seed=seed), 3)]
        losses = training.train_fast(model, stages, **settings)
        return model, losses

    model, losses = train()
    assert int(model.optimizer.iterations) == 12
    assert len(losses) == 3
    assert train()[1] == losses
    assert train(seed=1)[1] != losses
    assert train(smoothing=0.0)[1] != losses
    rate = float(train(average=False)[0].optimizer.learning_rate)
    assert rate == pytest.approx(0.07 * 1.5 * 10 / 1024, rel=1e-4)


def test_the_network_learns_two_kinds_of_stripes():
    labels = np.arange(200) % 2
    images = np.random.default_rng(0).integers(0, 60, (200, 8, 8, 3)).astype("uint8")
    images[labels == 0, ::2] += 150
    images[labels == 1, :, ::2] += 150
    keras.utils.set_random_seed(0)
    model = networks.build_fast_network(images, (8, 8))
    draws = training.EpochDraws(160, seed=0)
    batches = training.AugmentedBatches(images[:160], labels[:160], draws, batch_size=32)
    training.train_fast(model, [(batches, 15)])
    found = scoring.predict_with_tta(model, images[160:]).argmax(axis=1)
    assert (found == labels[160:]).mean() == 1


ON_BACKEND = """
import keras
import numpy as np
from kerasbook.beyond.faster import network, training

keras.utils.set_random_seed(0)
images = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 3)).astype("uint8")
model = network.build_fast_network(images, (4,))
normalize = model.layers[4]
draws = training.EpochDraws(40, seed=0)
batches = training.AugmentedBatches(images, np.arange(40) % 10, draws, batch_size=10)
ahead = training.Lookahead(8)
model.compile(training.fast_optimizer(0.1, 8), "categorical_crossentropy")
model.fit(batches, epochs=2, callbacks=[ahead], verbose=0)
pairs = zip(model.get_weights(), ahead.slow_weights, strict=True)
print(all(np.allclose(weight, slow) for weight, slow in pairs))
print(np.abs(keras.ops.convert_to_numpy(normalize.moving_mean)).max() > 0)
"""


@pytest.mark.weekly
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_keeps_the_average_of_the_weights_too(on_backend, backend):
    assert on_backend(backend, ON_BACKEND) == ["True", "True"]


# In short


def test_the_short_input_whitens_as_the_long_one(images):
    given, normalize, first = short.whitened_input(images)
    long_normalize, long_first = networks.first_layers(images)
    np.testing.assert_allclose(normalize(images), long_normalize(images), atol=1e-4)
    np.testing.assert_allclose(first(normalize(images)), long_first(normalize(images)), atol=1e-2)
    assert not first.trainable
    assert given.shape == (None, 8, 8, 3)


def test_moved_batches_show_each_image_once_and_mirror_it_next_time(images):
    generator = short.moved_batches(images, np.arange(40), batch_size=10, seed=0)
    margins = ((0, 0), (2, 2), (2, 2), (0, 0))
    padded = np.pad(images, margins, mode="reflect")
    places = [(y, x) for y in range(5) for x in range(5)]

    def sides():
        found = {}
        for _ in range(4):
            batch, labels = next(generator)
            for image, label in zip(batch, labels, strict=True):
                cuts = [padded[label, y : y + 8, x : x + 8] for y, x in places]
                as_it_is = any((image == cut).all() for cut in cuts)
                assert as_it_is or any((image[:, ::-1] == cut).all() for cut in cuts)
                found[int(label)] = as_it_is
        return found

    first, second = sides(), sides()
    assert sorted(first) == list(range(40))
    assert second == {label: not as_it_is for label, as_it_is in first.items()}


@pytest.mark.weekly
def test_the_short_recipe_learns_and_repeats_with_a_seed():
    labels = np.arange(200) % 2
    images = np.random.default_rng(0).integers(0, 60, (200, 16, 16, 3)).astype("uint8")
    images[labels == 0, ::2] += 150
    images[labels == 1, :, ::2] += 150

    def train():
        keras.utils.set_random_seed(0)
        return short.train_short(images[:160], labels[:160], epochs=20, batch_size=32)

    model = train()
    logits = model.predict(images[160:], verbose=0)
    assert (logits.argmax(axis=1) == labels[160:]).mean() == 1
    np.testing.assert_array_equal(train().predict(images[160:], verbose=0), logits)
    assert int(model.optimizer.iterations) == 100


def test_the_short_rate_rises_for_a_fifth_of_the_steps_and_falls_to_a_twentieth():
    rate = short.short_rate(2.0, 100)
    found = [float(rate(step)) for step in (0, 10, 20, 60, 100)]
    assert found == pytest.approx([0.4, 1.2, 2.0, 1.05, 0.1], abs=1e-5)


def test_the_short_recipe_refuses_a_batch_larger_than_the_data(images):
    with pytest.raises(ValueError, match=r"at most the 40 images. Received: batch_size=41"):
        short.train_short(images, np.arange(40) % 10, epochs=1, batch_size=41)


# The score


def test_six_views_have_the_weights_that_were_said(images):
    height = keras.layers.Lambda(lambda x: ops.cast(ops.reshape(x[:, 0], (-1, 24)), "float32"))
    model = keras.Sequential([keras.Input((8, 8, 3), dtype="uint8"), height])
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect").astype(float)
    expected = 0
    for start, weight in ((1, 0.5), (0, 0.25), (2, 0.25)):
        row = padded[:, start, start : start + 8]
        expected = expected + weight * (row + row[:, ::-1]) / 2
    found = scoring.predict_with_tta(model, images)
    np.testing.assert_allclose(found, expected.reshape(40, 24), atol=1e-3)


def test_operations_of_the_article_network_are_those_counted_by_hand():
    model = keras.Sequential([keras.Input((32, 32, 3)), *article_layers()])
    by_hand = (
        30 * 30 * 9 * 3 * 32 + 13 * 13 * 9 * 32 * 64 + 4 * 4 * 9 * 64 * 64 + 256 * 64 + 64 * 10
    )
    assert scoring.forward_flops(model) == 2 * by_hand


def test_operations_of_the_fast_network_are_those_counted_by_hand(images):
    model = networks.build_fast_network(images, (4, 6))
    first = 7 * 7 * 4 * 3 * 24
    stages = 7 * 7 * 9 * 24 * 4 + 3 * 3 * 9 * 4 * 4 + 3 * 3 * 9 * 4 * 6 + 1 * 9 * 6 * 6
    assert scoring.forward_flops(model, 8) == 2 * (first + stages + 6 * 10)


def test_strides_leave_out_places():
    layers = [
        keras.layers.Conv2D(2, 3, strides=2, padding=padding) for padding in ("same", "valid")
    ]
    counts = [
        scoring.forward_flops(keras.Sequential([keras.Input((8, 8, 1)), layer]), 8)
        for layer in layers
    ]
    assert counts == [2 * 4 * 4 * 9 * 2, 2 * 3 * 3 * 9 * 2]


def lines_of_code(function):
    """Count the lines of a function without docstring, blank lines, and what refuses input."""
    source = inspect.getsource(function)
    (tree,) = ast.parse(source).body
    left_out = [tree.body[0], *(node for node in tree.body if isinstance(node, ast.If))]
    skipped = {line for node in left_out for line in range(node.lineno, node.end_lineno + 1)}
    lines = source.rstrip().splitlines()
    return sum(number not in skipped and bool(line) for number, line in enumerate(lines, 1))


def test_the_short_recipe_has_fewer_than_eighty_lines():
    functions = [
        networks.whitening_kernel, short.whitened_input, short.short_network,
        short.moved_batches, short.short_rate, short.train_short,
    ]  # fmt: skip
    imports = 2  # Keras and NumPy
    assert imports + sum(map(lines_of_code, functions)) < 80
