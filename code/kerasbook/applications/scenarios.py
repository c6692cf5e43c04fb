"""Four tasks side by side: inputs, outputs, metrics (§4.1.1 to §4.1.3)."""

import keras
import numpy as np

from kerasbook.overlap import box_area, intersection

POSTS = (
    ("the rocket reached its orbit and the crew saw the moon", "space"),
    ("a probe left the orbit of the moon", "space"),
    ("the goalie stopped the puck and the crowd saw the game", "hockey"),
    ("the team lost the puck and the game", "hockey"),
)

# Tokens, and entities as (start, end, type), the end excluded.
SENTENCES = (
    (
        (
            "Nora", "Whitfield", "opened", "the", "reading", "room", "near",
            "Lisbon", ".",
        ),
        ((0, 2, "person"), (7, 8, "location")),
    ),
    (
        (
            "It", "has", "two", "floors", ",", "a", "small", "garden", "and",
            "room", "for", "three", "hundred", "people", ",", "and", "it",
            "is", "free", "today", ".",
        ),
        (),
    ),
)  # fmt: skip


def build_post_network(vocabulary_size):
    """Map word counts to the probability of two classes: one dense layer."""
    return keras.Sequential(
        [
            keras.Input((vocabulary_size,)),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


def nearest_centroid_image(x_train, y_train, x_test):
    """Nearest-centroid classifier on pixels."""
    classes = np.unique(y_train)
    means = np.stack(
        [x_train[y_train == label].mean(axis=0).ravel() for label in classes]
    )
    flat = x_test.reshape(len(x_test), -1).astype("float32")
    # |x - m|^2 without the part |x|^2, which is the same for every class
    distances = (means**2).sum(axis=1) - 2 * flat @ means.T
    return classes[distances.argmin(axis=1)]


def paste_images(images, corners, factors, *, side=128):
    """Paste enlarged images on a gray gradient.

    Args:
        images: uint8 array of shape `(n, height, width, 3)`.
        corners: `(x, y)` of the upper left corner of each, in pixels.
        factors: how many times larger each becomes, whole numbers.
        side: width and height of the scene in pixels.

    Returns:
        `(scene, boxes)`: uint8 of shape `(side, side, 3)`, and integers of
        shape `(n, 4)`: left, top, right, bottom.
    """
    gradient = np.linspace(90, 170, side).astype("uint8")
    scene = np.tile(gradient[:, np.newaxis, np.newaxis], (1, side, 3))
    boxes = []
    for image, (x, y), factor in zip(images, corners, factors, strict=True):
        large = image.repeat(factor, axis=0).repeat(factor, axis=1)
        height, width = large.shape[:2]
        if min(x, y) < 0 or max(x + width, y + height) > side:
            raise ValueError(
                f"Expected images inside a scene of {side} pixels. "
                f"Received: corner={(x, y)}, size={(width, height)}"
            )
        scene[y : y + height, x : x + width] = large
        boxes.append((x, y, x + width, y + height))
    return scene, np.array(boxes)


def _corners(box):
    left, top, right, bottom = box
    if right <= left or bottom <= top:
        raise ValueError(
            "Expected left < right and top < bottom. "
            f"Received: box={(left, top, right, bottom)}"
        )
    return np.asarray(box, float)


def iou(box, other):
    """Intersection over union of two boxes: left, top, right, bottom."""
    box, other = _corners(box), _corners(other)
    shared = intersection(box, other)
    return float(shared / (box_area(box) + box_area(other) - shared))


def match_detections(detections, objects, *, iou_threshold):
    """Match detections to objects by score: True for true positives."""
    free, hits = list(range(len(objects))), []
    for box in detections:
        overlaps = [(iou(box, objects[index]), index) for index in free]
        best, index = max(overlaps, default=(0.0, None))
        hits.append(best >= iou_threshold)
        if hits[-1]:
            free.remove(index)
    return hits


def precision_recall(hits, num_objects):
    """Compute precision and recall after each detection."""
    if num_objects < 1:
        raise ValueError(
            f"Expected num_objects >= 1. Received: num_objects={num_objects}"
        )
    found = np.cumsum(np.asarray(hits, dtype=int))
    return found / np.arange(1, len(found) + 1), found / num_objects


def average_precision(hits, num_objects):
    """Average the best precision from each of 101 recalls on, as COCO does."""
    precision, recall = precision_recall(hits, num_objects)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    first = np.searchsorted(recall, np.linspace(0, 1, 101))
    return float(np.append(best, 0.0)[first].mean())  # 0 where none arrives


def draw_outlines(axis, image, boxes, names):
    """Draw an image and the outline of each of its boxes, with a name."""
    axis.imshow(image, interpolation="nearest")
    axis.axis("off")
    styles = ("-", "--", ":")
    for number, (box, name) in enumerate(zip(boxes, names, strict=True)):
        left, top, right, bottom = np.asarray(box) - 0.5  # edges, not centers
        axis.plot(
            [left, right, right, left, left],
            [top, top, bottom, bottom, top],
            color=f"C{number + 1}",
            linestyle=styles[number % 3],
            linewidth=2,
        )
        axis.text(
            left, top, name, color="white", fontsize=8, va="top",
            bbox={"facecolor": "black", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def draw_counts(axis, words, counts):
    """Draw how often each word occurs, the first word on top."""
    axis.barh(range(len(words)), counts)
    axis.set_yticks(range(len(words)), words, fontsize=8)
    axis.set_xticks(range(int(max(counts)) + 1))
    axis.invert_yaxis()
    axis.set_xlabel("occurrences")


def draw_tags(axis, tokens, tags, *, width=36):
    """Draw tokens as lines of text, `width` characters wide, tags below."""
    colors = {"O": "#f0f0f0", "p": "#f9c9ad", "l": "#a9d5ec"}
    column, line = 0, 0
    for token, tag in zip(tokens, tags, strict=True):
        step = max(len(token), len(tag)) + 1
        if column + step > width and column:
            column, line = 0, line + 1
        color = colors[tag[2:3] or "O"]
        axis.text(
            column, line, f"{token}\n{tag}", family="monospace", fontsize=8,
            va="center", bbox={"facecolor": color, "edgecolor": "none"},
        )  # fmt: skip
        column += step
    axis.set_xlim(0, width)
    axis.set_ylim(line + 0.6, -0.6)
    axis.axis("off")


def plot_precision_recall(axis, precision, recall):
    """Draw precision against recall, and the envelope that AP averages."""
    best = np.maximum.accumulate(precision[::-1])[::-1]
    axis.step(
        [0, *recall, recall[-1]], [best[0], *best, 0], where="pre",
        color="C0", label="interpolated precision",
    )  # fmt: skip
    label = "precision after each detection"
    axis.plot(recall, precision, "s", color="C1", label=label)
    for number, point in enumerate(zip(recall, precision, strict=True), 1):
        axis.annotate(
            number, point, xytext=(0, 7), textcoords="offset points",
            ha="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    axis.set_xlim(0, 1.05)
    axis.set_ylim(0, 1.18)
    axis.set_xlabel("recall")
    axis.set_ylabel("precision")
    axis.legend(loc="lower left")


def f1_of_class(y_true, y_pred, label):
    """F1 of a class from true positives, false positives and misses."""
    hits = sum(a == b == label for a, b in zip(y_true, y_pred, strict=True))
    total = list(y_true).count(label) + list(y_pred).count(label)
    return 2 * hits / total if total else 0.0


def mean_of_both(y_true, y_pred, label):
    """Make the usual mistake: the plain mean of precision and recall."""
    hits = sum(a == b == label for a, b in zip(y_true, y_pred, strict=True))
    precision = hits / max(list(y_pred).count(label), 1)
    recall = hits / max(list(y_true).count(label), 1)
    return (precision + recall) / 2
