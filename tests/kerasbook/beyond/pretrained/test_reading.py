"""Reading long texts: means without padding, windows, and vectors in their order."""

import keras
import keras_hub
import numpy as np
import pytest

from kerasbook.beyond.pretrained import reading


def test_the_mean_leaves_padding_out():
    states = np.array([[[1.0, 2], [3, 4], [9, 9]], [[5, 5], [0, 0], [0, 0]]])
    mean = reading.mean_pooling(keras.ops.convert_to_tensor(states), [[1, 1, 0], [1, 0, 0]])
    assert np.asarray(mean).tolist() == [[2, 3], [5, 5]]


def test_rows_get_length_one_and_zeros_stay_zeros():
    found = reading.l2_normalize(np.array([[3.0, 4], [0, 0]]))
    assert found.tolist() == [[0.6, 0.8], [0, 0]]


@pytest.mark.parametrize(
    ("ids", "most", "windows"),
    [
        ([1, 2, 3, 4, 5], 2, [[1, 2], [3, 4]]),
        ([1, 2, 3, 4, 5], 4, [[1, 2], [3, 4], [5]]),
        ([1, 2], 4, [[1, 2]]),
        ([], 4, [[]]),
    ],
)
def test_windows_leave_two_places_and_drop_what_is_too_much(ids, most, windows):
    assert reading.cut_windows(ids, length=4, most=most) == windows


def test_windows_are_marked_and_filled_up_to_a_multiple():
    inputs = reading.pad_windows([[7, 8], []], start=1, end=2, multiple=3)
    assert inputs["token_ids"].tolist() == [[1, 7, 8, 2, 0, 0], [1, 2, 0, 0, 0, 0]]
    assert inputs["padding_mask"].tolist() == [[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]]
    assert not inputs["segment_ids"].any()
    assert reading.pad_windows([[7] * 15], start=1, end=2)["token_ids"].shape == (1, 32)


def test_vectors_are_those_of_the_text_embedder_in_the_order_of_the_texts(make_backbone):
    model = make_backbone(vocabulary_size=40, max_sequence_length=64)
    windows = [[5, 6, 7, 8, 9], [10], [11, 12, 13]]
    found = reading.encode_windows(
        reading.mean_reader(model), windows, start=1, end=2, batch_size=2
    )
    embedder = keras_hub.models.BertTextEmbedder(model)
    for window, vector in zip(windows, found, strict=True):
        alone = embedder.predict(reading.pad_windows([window], start=1, end=2), verbose=0)
        assert np.allclose(vector, alone[0], atol=1e-5)
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
