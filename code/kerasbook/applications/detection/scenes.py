"""Scenes composed of small photographs, annotated like COCO (§4.2.2)."""

import numpy as np

ANIMALS = (2, 3, 4, 5, 6, 7)  # CIFAR-10's labels; the others are vehicles


def resize_square(images, size):
    """Resize square images `(..., side, side, 3)` to `(..., size, size, 3)`.

    Bilinear, as two products with one matrix: every new row or column is a
    mean of two old ones, weighted by nearness.
    """
    side = images.shape[-2]
    centers = (np.arange(size) + 0.5) * side / size - 0.5
    distance = np.abs(np.clip(centers, 0, side - 1)[:, None] - np.arange(side))
    weights = np.maximum(1 - distance, 0)  # (size, side)
    rows = np.tensordot(images, weights, axes=(-3, 1))  # (..., side, 3, size)
    both = np.tensordot(rows, weights, axes=(-3, 1))  # (..., 3, size, size)
    return np.moveaxis(both, -3, -1)


def draw_background(generator, size):
    """Draw a noisy background: from one gradient to small patches.

    Returns:
        array of shape `(size, size, 3)`, values about 0 to 255.
    """
    cells = generator.choice([2, 3, 5, 9])  # 2: one gradient
    colors = generator.uniform(0, 255, (cells, cells, 3))
    noise = generator.normal(0, generator.uniform(0, 20), (size, size, 3))
    return resize_square(colors, size) + noise


def place_square(generator, owners, areas, side, min_visible):
    """Find a place for one more square that hides little of the others.

    Args:
        generator: NumPy random generator.
        owners: which square each pixel shows, shape `(size, size)`: 0 is
            the background, 1, 2, ... the squares in the order they came.
        areas: of those squares before anything hid them, in pixels.
        side: of the new square, in pixels.
        min_visible: share of every earlier square that has to stay visible.

    Returns:
        `(top, left)`, or `None` after 20 places that hide too much.
    """
    shown = np.bincount(owners.ravel(), minlength=len(areas) + 1)
    for _ in range(20):
        top, left = generator.integers(0, len(owners) - side + 1, 2)
        hidden = np.bincount(
            owners[top : top + side, left : left + side].ravel(),
            minlength=len(shown),
        )
        if np.all((shown - hidden)[1:] >= min_visible * np.array(areas)):
            return top, left
    return None


def visible_box(owners, number):
    """Return box (`xywh`) and area of what a square still shows, in pixels."""
    rows, columns = np.nonzero(owners == number)
    top, left = rows.min(), columns.min()
    height, width = rows.max() + 1 - top, columns.max() + 1 - left
    return [float(v) for v in (left, top, width, height)], float(len(rows))


def compose_scene(
    generator, crops, *, size=96, crop_sizes=(24, 48), max_crops=3,
    min_visible=0.7,
):  # fmt: skip
    """Paste one crop or several onto a background, later ones on top.

    Args:
        generator: NumPy random generator.
        crops: square images `(n, side, side, 3)`, values 0 to 255.
        size: of the scene, in pixels.
        crop_sizes: the smallest and the largest side of a pasted crop.
        max_crops: the scene gets 1 to this many.
        min_visible: the share of a crop that a later one has to leave visible.

    Returns:
        the scene, uint8 of shape `(size, size, 3)`; the indices of its
        crops; and `owners` as `place_square` describes it.
    """
    scene = draw_background(generator, size)
    owners, chosen, areas = np.zeros((size, size), int), [], []
    for _ in range(generator.integers(1, max_crops + 1)):
        side = generator.integers(crop_sizes[0], crop_sizes[1] + 1)
        place = place_square(generator, owners, areas, side, min_visible)
        if place is None:
            continue
        chosen.append(generator.integers(len(crops)))
        areas.append(side**2)
        square = tuple(slice(start, start + side) for start in place)
        scene[square] = resize_square(crops[chosen[-1]], side)
        owners[square] = len(chosen)
    return np.clip(scene, 0, 255).astype(np.uint8), chosen, owners


def scene_records(images):
    """Return COCO's records of scenes `(n, height, width, 3)`, ids from 1."""
    height, width = images.shape[1:3]
    return [
        {"id": number, "file_name": f"scene-{number:05}.png",
         "width": width, "height": height}
        for number in range(1, len(images) + 1)
    ]  # fmt: skip


def compose_scenes(crops, labels, category_names, *, count, seed, **settings):
    """Compose scenes, and annotate them in COCO's format.

    As in COCO, a box surrounds what is visible of an object, and `area`
    counts its visible pixels.

    Args:
        crops: square images `(n, side, side, 3)`, values 0 to 255.
        labels: the category of each crop: an index of `category_names`.
        category_names: COCO's ids count from 1 in this order.
        count: number of scenes.
        seed: of all that is random here.
        **settings: of `compose_scene`.

    Returns:
        images, uint8 of shape `(count, size, size, 3)`, and a dict with the
        lists `images`, `categories`, `annotations`.
    """
    generator = np.random.default_rng(seed)
    scenes, annotations = [], []
    for scene_id in range(1, count + 1):
        scene, chosen, owners = compose_scene(generator, crops, **settings)
        scenes.append(scene)
        for number, crop in enumerate(chosen, 1):
            box, area = visible_box(owners, number)
            annotations.append(
                {"id": len(annotations) + 1, "image_id": scene_id,
                 "category_id": int(labels[crop]) + 1,
                 "bbox": box, "area": area, "iscrowd": 0}
            )  # fmt: skip
    images = np.stack(scenes)
    categories = [
        {"id": number, "name": name}
        for number, name in enumerate(category_names, 1)
    ]
    return images, {
        "images": scene_records(images),
        "categories": categories,
        "annotations": annotations,
    }
