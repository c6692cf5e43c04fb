"""From annotations to targets, from outputs to detections (§4.4.2)."""

import keras
import numpy as np

from kerasbook.applications.detection.network import (
    detection_loss,
    grid_centers,
)
from kerasbook.boxes import (
    convert_boxes,
    non_max_suppression,
)


def objects_by_image(ground_truth):
    """Collect the boxes and categories of each image; crowds are left out.

    Returns:
        list of `(boxes, classes)` in the order of `images`: corners in
        pixels, shape `(n, 4)`, and indices into `categories`, shape `(n,)`.
    """
    class_of = {c["id"]: n for n, c in enumerate(ground_truth["categories"])}
    found = {image["id"]: ([], []) for image in ground_truth["images"]}
    for annotation in ground_truth["annotations"]:
        if not annotation["iscrowd"]:
            boxes, classes = found[annotation["image_id"]]
            boxes.append(annotation["bbox"])
            classes.append(class_of[annotation["category_id"]])
    return [
        (convert_boxes(boxes, "xywh", "xyxy"), np.array(classes, int))
        for boxes, classes in found.values()
    ]


def center_sampling_mask(boxes, centers, stride):
    """Which locations lie in the center of which box: center sampling."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    sides = boxes[:, 2:] - boxes[:, :2]
    reach = np.clip(sides / 4, stride / 2, 1.5 * stride)  # ①
    return np.all(np.abs(centers[:, None] - middle) <= reach, axis=-1)


def assign_targets(boxes, classes, centers, stride, num_classes):
    """Label assignment: the training targets of all locations of an image."""
    targets = np.zeros((len(centers), num_classes + 4), "float32")
    if not len(boxes):
        return targets
    claims = center_sampling_mask(boxes, centers, stride)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    owner = np.where(claims, area, np.inf).argmin(axis=1)  # ①
    place = np.flatnonzero(claims.any(axis=1))
    targets[place, classes[owner[place]]] = 1
    targets[place, -4:] = boxes[owner[place]]
    return targets


def flip_boxes(boxes, width):
    """Mirror boxes in corners, `(n, 4)`, with an image of a width."""
    left, top, right, bottom = np.asarray(boxes).T
    return np.stack([width - right, top, width - left, bottom], axis=-1)


def flip_each_corner(boxes, width):
    """Mirror left to left and right to right: widths become negative."""
    left, top, right, bottom = np.asarray(boxes).T
    return np.stack([width - left, top, width - right, bottom], axis=-1)


def augment(generator, image, boxes):
    """Flip an image and its boxes at random, and change its colors.

    Image `(height, width, 3)`, values 0 to 255; boxes in corners, `(n, 4)`.
    """
    image = image.astype("float32")
    if generator.random() < 0.5:
        image, boxes = image[:, ::-1], flip_boxes(boxes, image.shape[1])
    gain = generator.uniform(0.7, 1.3) * generator.uniform(0.9, 1.1, 3)
    image = (image - 128) * gain + 128 + generator.uniform(-25, 25)
    return np.clip(image, 0, 255).astype("float32"), boxes


class DetectionBatches(keras.utils.PyDataset):
    """Batches of augmented images with their targets, shuffled every epoch.

    Args:
        images: uint8 array of shape `(n, size, size, 3)`.
        objects: `(boxes, classes)` of each, as `objects_by_image` returns.
        num_classes: number of categories.
        stride: of the detector.
        batch_size: images per gradient update.
        seed: of the order and the augmentation.
        augmented: whether to augment.
    """

    def __init__(
        self, images, objects, *, num_classes, stride, batch_size, seed,
        augmented=True,
    ):  # fmt: skip
        super().__init__()
        self.images, self.objects = images, objects
        self.num_classes, self.stride = num_classes, stride
        self.batch_size, self.augmented = batch_size, augmented
        cells = images.shape[1] // stride
        self.centers = grid_centers(cells, cells, stride)
        self.generator = np.random.default_rng(seed)
        self.order = self.generator.permutation(len(images))

    def __len__(self):
        return -(-len(self.images) // self.batch_size)

    def __getitem__(self, number):
        start = number * self.batch_size
        batch = [
            self.sample(n) for n in self.order[start : start + self.batch_size]
        ]
        images, targets = zip(*batch, strict=True)
        return np.stack(images), np.stack(targets)

    def sample(self, number):
        """Return one image and its targets."""
        image, (boxes, classes) = self.images[number], self.objects[number]
        if self.augmented:
            image, boxes = augment(self.generator, image, boxes)
        targets = assign_targets(
            boxes, classes, self.centers, self.stride, self.num_classes
        )
        return image, targets

    def on_epoch_end(self):
        """Shuffle."""
        self.order = self.generator.permutation(len(self.images))


def train_detector(model, batches, *, epochs, learning_rate=2e-3):
    """Train with Adam; return the mean loss of each epoch."""
    rate = keras.optimizers.schedules.CosineDecay(
        learning_rate, epochs * len(batches)
    )
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=detection_loss)
    return model.fit(batches, epochs=epochs, verbose=0).history["loss"]


def decode_detections(
    output, *, size, min_score=0.05, iou_threshold=0.6, max_detections=100
):
    """Decode one output to boxes, scores and classes, sorted by score.

    Returns boxes, cut off at `size`, `(width, height)`; scores; classes.
    """
    scores = 1 / (1 + np.exp(-output[:, :-4]))
    place, classes = np.nonzero(scores >= min_score)  # ①
    scores = scores[place, classes]
    best = np.argsort(-scores, kind="stable")[: 10 * max_detections]
    place, classes, scores = place[best], classes[best], scores[best]
    boxes = np.clip(output[place, -4:], 0, np.tile(size, 2))
    kept = non_max_suppression(boxes, scores, classes, iou_threshold)  # ②
    kept = kept[:max_detections]
    return boxes[kept], scores[kept], classes[kept]


def find_objects(model, images, ground_truth, scales=None, **settings):
    """Detect in all images and write COCO's results format.

    Args:
        model: a detector.
        images: array of shape `(n, size, size, 3)`, pixels 0 to 255.
        ground_truth: dict with the records of `images`, in this order, and
            `categories`.
        scales: pixels of `images` to one of the original; by default 1.
        settings: of `decode_detections`.

    Returns:
        list of dicts with `image_id`, `category_id`, `bbox` (`xywh`, pixels
        of the original) and `score`.
    """
    scales = np.ones(len(images)) if scales is None else scales
    category_ids = [c["id"] for c in ground_truth["categories"]]
    found = []
    outputs = model.predict(images, batch_size=32, verbose=0)
    for record, output, scale in zip(
        ground_truth["images"], outputs, scales, strict=True
    ):
        size = np.array([record["width"], record["height"]]) * scale
        boxes, scores, classes = decode_detections(
            output, size=size, **settings
        )
        boxes = convert_boxes(boxes / scale, "xyxy", "xywh")
        found += [
            {"image_id": record["id"], "category_id": category_ids[category],
             "bbox": box.tolist(), "score": float(score)}
            for box, score, category in zip(boxes, scores, classes, strict=True)
        ]  # fmt: skip
    return found
