"""Maps of what mattered in an image, and tests of such maps.

All maps have one value for each of 8 x 8 cells, so that they can be compared.
"""

import keras
import numpy as np
import tensorflow as tf
from scipy.stats import rankdata

CELLS = 8


def feature_maps_and_gradients(model, images, classes, layer):
    """Feature maps of a layer, and the gradient of a class logit in them.

    `classes` says which class to explain for each image, `(n,)`.
    """
    output = find_layer(model, layer).output
    both = keras.Model(model.inputs[0], [output, model.outputs[0]])
    images = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(images)  # so that frozen layers are followed, too
        maps, logits = both(images, training=False)
        chosen = tf.gather(logits, classes, axis=1, batch_dims=1)
    return maps.numpy(), tape.gradient(chosen, maps).numpy()


def grad_cam(maps, gradients):
    """Grad-CAM: ReLU of the feature maps, weighted by their mean gradients."""
    weights = gradients.mean(axis=(1, 2), keepdims=True)
    return np.maximum((weights * maps).sum(axis=-1), 0)


def hirescam(maps, gradients):
    """HiResCAM: ReLU of gradient times feature map, summed over channels."""
    return np.maximum((gradients * maps).sum(axis=-1), 0)


def find_layer(model, name):
    """Return the layer of that name; its output must be a map."""
    maps = {
        layer.name: layer
        for layer in model.layers
        if len(layer.output.shape) == 4
    }
    if name not in maps:
        raise ValueError(
            f"Expected a layer with feature maps: {', '.join(maps)}. "
            f"Received: layer={name!r}"
        )
    return maps[name]


def cover_patches(images, patch, fill):
    """Cover a patch of all images, once at each place of the grid of cells.

    Returns the places, and the covered images `(places, n, side, side, 3)`.
    """
    step = images.shape[1] // CELLS
    count = (images.shape[1] - patch) // step + 1
    places = list(np.ndindex(count, count))
    covered = np.stack([images] * len(places))
    for k, (y, x) in enumerate(places):
        top, left = y * step, x * step
        covered[k, :, top : top + patch, left : left + patch] = fill
    return places, covered


def occlusion_map(predict, images, classes, *, patch=8, fill=0.5):
    """Occlusion sensitivity: mean fall of a class's probability, by cell.

    `predict` maps images to probabilities; `patch` is a side in pixels.
    """
    rows, size = np.arange(len(images)), patch // (images.shape[1] // CELLS)
    places, covered = cover_patches(images, patch, fill)
    kept = predict(covered.reshape(-1, *images.shape[1:]))
    kept = kept.reshape(len(places), len(images), -1)[:, rows, classes]
    drops = predict(images)[rows, classes] - kept  # ①
    lost = np.zeros((len(images), CELLS, CELLS))
    seen = np.zeros((CELLS, CELLS))
    for drop, (y, x) in zip(drops, places, strict=True):
        cells = np.s_[..., y : y + size, x : x + size]  # ②
        lost[cells] += drop[:, np.newaxis, np.newaxis]
        seen[cells] += 1
    return lost / seen


def edge_map(images):
    """Mean gradient magnitude of the brightness in each cell."""
    gray = images.mean(axis=-1)
    steps = np.hypot(*np.gradient(gray, axis=(1, 2)))
    step = images.shape[1] // CELLS
    return steps.reshape(len(images), CELLS, step, CELLS, step).mean((2, 4))


def mask_top_cells(images, maps, *, count=16, fill=0.5):
    """Deletion test: cover the cells with the largest attribution.

    `maps` has the shape `(n, 8, 8)`; `fill` is a gray, or other images.
    """
    flat = maps.reshape(len(maps), -1)
    places = np.argsort(-flat, axis=1, kind="stable")[:, :count]
    marked = np.zeros(flat.shape, bool)
    np.put_along_axis(marked, places, True, axis=1)
    step = images.shape[1] // CELLS
    marked = marked.reshape(-1, CELLS, CELLS).repeat(step, 1).repeat(step, 2)
    return np.where(marked[..., np.newaxis], np.float32(fill), images)


def mean_rank_correlation(a, b):
    """Mean Spearman rank correlation of maps `(n, 8, 8)`, pair by pair."""
    ranks = [rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (a, b)]
    one, other = (each - each.mean(axis=1, keepdims=True) for each in ranks)
    sizes = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return float(np.mean((one * other).sum(axis=1) / np.maximum(sizes, 1)))
