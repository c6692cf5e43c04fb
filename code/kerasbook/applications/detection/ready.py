"""A ready detector of KerasHub: built, saved as a preset, loaded, used."""

import keras
import keras_hub
import numpy as np


def build_tiny_detector():
    """Build KerasHub's RetinaNet on a small residual backbone.

    About 2.6 million parameters, where `retinanet_resnet50_fpn_coco` has 34.
    Input: images of shape `(batch, height, width, 3)` with pixels from 0 to
    255, which `fit` and `predict` bring to 96 pixels. Boxes are `xyxy` in
    pixels of the resized image, of two classes.
    """
    models, layers = keras_hub.models, keras_hub.layers
    encoder = models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[3],
        stackwise_num_filters=[64, 32, 32],
        stackwise_num_blocks=[1, 1, 1],
        stackwise_num_strides=[1, 2, 2],
        block_type="basic_block",
    )
    for layer in encoder.layers:  # one image tells nothing about averages
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    side = (96, 96)
    return models.RetinaNetObjectDetector(
        models.RetinaNetBackbone(
            encoder,
            min_level=3,
            max_level=4,
            use_p5=False,
            image_shape=(*side, 3),
        ),
        num_classes=2,
        bounding_box_format="xyxy",
        pre_logits_num_conv_layers=1,
        preprocessor=models.RetinaNetObjectDetectorPreprocessor(
            layers.RetinaNetImageConverter(
                image_size=side, scale=1 / 255, bounding_box_format="xyxy"
            )
        ),
    )


def fit_one_image(detector, image, boxes, labels, *, steps):
    """Overfit a KerasHub detector on one image; return the loss of each step.

    Boxes `(n, 4)` in the detector's format, class numbers `(n,)`.
    """
    detector.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
    target = {
        "boxes": np.asarray(boxes, "float32")[np.newaxis],
        "labels": np.asarray(labels, "float32")[np.newaxis],
    }
    losses = detector.fit(
        image[np.newaxis], target, epochs=steps, shuffle=False, verbose=0
    ).history["loss"]
    detector.compile()  # drops Adam's memory, which nobody needs in a preset
    return losses


def load_detector(preset):
    """Load a detector by its name, or from a folder that holds a preset.

    Raises:
        ValueError: there is no such preset, or its files cannot be fetched.
    """
    try:
        return keras_hub.models.ObjectDetector.from_preset(str(preset))
    except (OSError, ValueError) as error:  # offline, or not a preset
        raise ValueError(
            "Expected a folder that holds a preset, or a name whose files are "
            "on this machine or can be downloaded. "
            f"Received: preset={str(preset)!r} ({type(error).__name__})"
        ) from error


def pad_black(image, side):
    """Fit an image into the left top of a black batch of one.

    Returns it, float32 `(1, height, width, 3)`, and the factor; `side` is
    `(height, width)`.
    """
    factor = min(side[0] / image.shape[0], side[1] / image.shape[1])
    size = [round(factor * length) for length in image.shape[:2]]
    pixels = np.zeros((1, *side, 3), "float32")
    pixels[0, : size[0], : size[1]] = keras.ops.convert_to_numpy(
        keras.ops.image.resize(image.astype("float32"), size)
    )
    return pixels, factor


def detect(detector, image):
    """Detect in an image of any size; return boxes, labels, scores.

    The best come first; boxes are `xyxy` in pixels of `image`.
    """
    side = detector.preprocessor.image_converter.image_size
    pixels, factor = pad_black(image, side)
    answer = detector.predict(pixels, verbose=0)
    found = int(answer["num_detections"][0])
    boxes, labels, scores = (
        np.asarray(answer[name][0][:found])
        for name in ("boxes", "labels", "confidence")
    )
    if detector.bounding_box_format == "yxyx":
        boxes = boxes[:, [1, 0, 3, 2]]
    return boxes / factor, labels, scores
