"""From a photograph to the network's input, from its answer to boxes."""

import keras
import numpy as np

from kerasbook.beyond.detector.nanodet import (
    INPUT_SIZE,
    NUM_BINS,
    NUM_CLASSES,
    STRIDES,
)
from kerasbook.boxes import non_max_suppression

# As the author's settings have them: blue, green, red.
PIXEL_MEAN = np.array([103.53, 116.28, 123.675], "float32")
PIXEL_SPREAD = np.array([57.375, 57.12, 58.395], "float32")


def prepare_photo(photo):
    """Turn a photograph `(height, width, 3)`, uint8, into the input.

    Returns float32 `(1, 416, 416, 3)`: blue, green, red, standardized.
    """
    image = keras.ops.image.resize(
        photo.astype("float32"), (INPUT_SIZE, INPUT_SIZE), antialias=True
    )
    image = keras.ops.convert_to_numpy(image)[..., ::-1]  # ①
    return ((image - PIXEL_MEAN) / PIXEL_SPREAD)[np.newaxis]


def grid_centers_and_strides(offset=0.5):
    """Centers and strides of the grid cells of all three maps."""
    centers, strides = [], []
    for stride in STRIDES:
        steps = (np.arange(INPUT_SIZE // stride) + offset) * stride
        x, y = np.meshgrid(steps, steps)
        centers.append(np.stack([x.ravel(), y.ravel()], axis=-1))
        strides.append(np.full((x.size, 1), stride))
    return np.concatenate(centers), np.concatenate(strides)


def expected_distance(bins):
    """Expected value of the softmax distribution over distance bins."""
    shares = np.exp(bins - bins.max(axis=-1, keepdims=True))  # ①
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares @ np.arange(bins.shape[-1])


def decode_distances(answer, offset=0.5):
    """Decode distances to boxes `(x1, y1, x2, y2)`."""
    centers, strides = grid_centers_and_strides(offset)
    bins = answer[:, NUM_CLASSES:].reshape(-1, 4, NUM_BINS)
    left_top, right_bottom = np.split(strides * expected_distance(bins), 2, -1)
    return np.concatenate([centers - left_top, centers + right_bottom], -1)


def filter_and_suppress(
    boxes, scores, *, min_score=0.05, iou_threshold=0.6, max_boxes=100
):
    """Score threshold, then non-maximum suppression.

    From boxes `(n, 4)` and scores `(n, classes)` to boxes `(m, 4)`, their
    scores and their classes, both `(m,)`.
    """
    place, classes = np.nonzero(scores >= min_score)
    found = scores[place, classes]
    best = np.argsort(-found, kind="stable")[: 10 * max_boxes]
    place, classes, found = place[best], classes[best], found[best]
    kept = non_max_suppression(boxes[place], found, classes, iou_threshold)
    kept = kept[:max_boxes]
    return boxes[place[kept]], found[kept], classes[kept]


def find_in_photo(model, photo, **settings):
    """Detect in a photograph of any size; boxes are in its own pixels.

    Settings are those of `filter_and_suppress`, whose values are returned.
    """
    answer = model.predict(prepare_photo(photo), verbose=0)[0]
    scores = 1 / (1 + np.exp(-answer[:, :NUM_CLASSES]))
    limits = np.tile(photo.shape[1::-1], 2)  # width, height, twice
    boxes = decode_distances(answer) * limits / INPUT_SIZE
    return filter_and_suppress(np.clip(boxes, 0, limits), scores, **settings)
