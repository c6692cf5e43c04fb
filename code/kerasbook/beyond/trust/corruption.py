"""Images that got worse on their way: noise, blur, faint colors, pixels."""

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter


def add_noise(images, scale, *, seed=0):
    """Add noise of this standard deviation to images from 0 to 1."""
    noise = np.random.default_rng(seed).normal(scale=scale, size=images.shape)
    return np.clip(images + noise, 0, 1).astype("float32")


def blur_images(images, sigma):
    """Average each pixel with its neighbors, some `sigma` pixels around."""
    return gaussian_filter(images, (0, sigma, sigma, 0))


def fade_images(images, contrast):
    """Pull all pixels of an image toward the mean of each channel."""
    means = images.mean(axis=(1, 2), keepdims=True)
    return means + contrast * (images - means)


def pixelate_images(images, share):
    """Shrink images `(n, side, side, 3)` to a share of the side, and back."""
    side = images.shape[1]
    small = int(share * side)
    found = []
    for image in np.uint8(np.round(255 * images)):
        shrunk = Image.fromarray(image).resize((small, small), Image.BOX)
        found.append(np.asarray(shrunk.resize((side, side), Image.BOX)))
    return np.float32(found) / 255


# What becomes of images, by severity from 1 to 5 (CIFAR-10-C).
CORRUPTIONS = {
    "noise": (add_noise, (0.04, 0.06, 0.08, 0.09, 0.10)),
    "blur": (blur_images, (0.4, 0.6, 0.7, 0.8, 1.0)),
    "contrast": (fade_images, (0.75, 0.5, 0.4, 0.3, 0.15)),
    "pixelate": (pixelate_images, (0.95, 0.9, 0.85, 0.75, 0.65)),
}


def corrupt_images(images, kind, severity):
    """Spoil images `(n, 32, 32, 3)` from 0 to 1.

    Args:
        images: floats, unchanged.
        kind: a name in `CORRUPTIONS`.
        severity: 1, 2, 3, 4 or 5.
    """
    if kind not in CORRUPTIONS or severity not in (1, 2, 3, 4, 5):
        raise ValueError(
            f"Expected a kind in {', '.join(CORRUPTIONS)} and a severity from "
            f"1 to 5. Received: kind={kind!r}, severity={severity!r}"
        )
    change, strengths = CORRUPTIONS[kind]
    return change(images, strengths[severity - 1])
