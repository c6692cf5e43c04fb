import keras
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from kerasbook.beyond.trust import slices as page
from kerasbook.beyond.trust.ranking import auroc


def test_pairs_by_hand():
    assert auroc([3, 1], [0, 2]) == 3 / 4
    assert auroc([1], [1]) == 0.5
    assert auroc([2, 3], [0, 1]) == 1


def test_pairs_are_the_area_under_the_roc_curve():
    generator = np.random.default_rng(0)
    high, low = generator.integers(0, 20, 300), generator.integers(0, 15, 200)  # with ties
    expected = roc_auc_score([1] * 300 + [0] * 200, [*high, *low])
    assert auroc(high, low) == pytest.approx(expected)


def test_labels_are_spoiled_as_often_as_asked():
    labels = np.arange(1000) % 10
    given, wrong = page.add_label_noise(labels, 0.2, seed=0)
    assert wrong.sum() == 200
    assert (given != labels).tolist() == wrong.tolist()
    assert set(given) == set(range(10))
    assert (labels == np.arange(1000) % 10).all()
    again, _ = page.add_label_noise(labels, 0.2, seed=0)
    np.testing.assert_array_equal(given, again)
    assert (page.add_label_noise(labels, 0.2, seed=1)[0] != given).any()


@pytest.mark.parametrize("share", [20, -0.1])
def test_a_share_of_labels_is_a_share(share):
    with pytest.raises(ValueError, match=f"from 0 to 1. Received: share={share}"):
        page.add_label_noise(np.zeros(5, int), share, seed=0)
    page.require_label_share(0.5)


def test_the_watch_sees_each_epoch():
    images = np.zeros((4, 32, 32, 3), "float32")
    labels = np.array([0, 0, 1, 2])
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(3, kernel_initializer="zeros", bias_initializer="zeros"),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.0), loss)
    watch = page.PerSampleLoss(images, labels)
    model.fit(images, labels, epochs=2, verbose=0, callbacks=[watch])
    np.testing.assert_allclose(watch.losses, np.full((2, 4), np.log(3)), rtol=1e-6)
    assert np.array(watch.answers).tolist() == [[0] * 4] * 2


def test_groups_are_counted():
    correct = np.array([True, False, True, True])
    found = page.count_right(correct, np.array(["cat", "cat", "dog", "cat"]))
    assert found == {"cat": (2, 3), "dog": (1, 1)}


def test_the_worst_of_two_coins():
    found = page.worst_by_chance(np.array([1, 1]), 0.5, draws=20_000, seed=0)
    assert set(found) == {0.0, 1.0}
    assert found.mean() == pytest.approx(0.25, abs=0.01)  # right only if both are


def test_the_worst_of_many_is_below_all():
    sizes = np.full(10, 50)
    worst = page.worst_by_chance(sizes, 0.5, seed=0)
    assert np.median(worst) == pytest.approx(0.40, abs=0.021)
    assert page.worst_by_chance(sizes[:1], 0.5, seed=0).mean() == pytest.approx(0.5, abs=0.005)
