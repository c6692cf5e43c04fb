"""Reference runs of the page on a ready detector: taught further on the few images at hand.

Its weights were trained on all of COCO's training part, these images among them.
"""

from typing import Any

from recipes.precision import computing_in
from recipes.ready_detector import (
    CONVENTIONS,
    SCORES,
    coco_part,
    detect,
    differ,
    ready_model,
)
from recipes.recipe import Recipe

BACKBONE = 25  # convolutions before maps meet


def _teach(seed: int, *, precision: str, draws: int, **training: Any) -> dict:
    """Go on training the ready detector; score it on COCO's validation images."""
    import keras

    from kerasbook.applications.detection.average_precision import evaluate_detections

    keras.utils.set_random_seed(seed)
    with computing_in(precision):
        taught = ready_model()
    losses = _train(taught, **training)
    model = ready_model()  # scores are computed in float32
    model.set_weights(taught.get_weights())
    truth, detections = detect("val2017", model, **CONVENTIONS)
    found = evaluate_detections(truth, detections)
    known = evaluate_detections(*detect("train2017", model, **CONVENTIONS))
    lost, low, high = differ(truth, detections, draws, seed)
    return {name: found[name] for name in SCORES} | {
        "AP_of_taught": known["AP"],
        "AP_lost": lost,
        "AP_lost_low": low,
        "AP_lost_high": high,
        "first_loss": losses[0],
        "last_loss": losses[-1],
    }


def _train(model, *, taught: str, epochs: int, learning_rate: float, batch_size: int):
    """Train the heads or all layers on COCO's training images; return the losses of the epochs."""
    import keras

    from kerasbook.beyond.detector.tuning import nanodet_loss

    for layer in model.layers:
        number = layer.name.removeprefix("conv_")
        if number.isdecimal():
            layer.trainable = taught == "all" or int(number) >= BACKBONE
    inputs, targets = _read_photos("train2017")
    steps = epochs * -(-len(inputs) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(keras.optimizers.SGD(rate, momentum=0.9), nanodet_loss)
    fitted = model.fit(inputs, targets, batch_size=batch_size, epochs=epochs, verbose=0)
    return fitted.history["loss"]


def _read_photos(part: str):
    """Return inputs `(2 n, 416, 416, 3)`, each also mirrored, and what their cells shall answer."""
    import numpy as np

    from kerasbook.applications.detection.photos import open_photo
    from kerasbook.applications.detection.training import flip_boxes, objects_by_image
    from kerasbook.beyond.detector.decoding import prepare_photo
    from kerasbook.beyond.detector.nanodet import INPUT_SIZE
    from kerasbook.beyond.detector.tuning import cell_targets

    folder, truth = coco_part(part)
    inputs, targets = [], []
    for record, (boxes, kinds) in zip(truth["images"], objects_by_image(truth), strict=True):
        (image,) = prepare_photo(open_photo(folder / record["file_name"]))
        boxes = boxes * INPUT_SIZE / np.array([record["width"], record["height"]] * 2)
        inputs += [image, image[:, ::-1]]
        targets += [cell_targets(one, kinds) for one in (boxes, flip_boxes(boxes, INPUT_SIZE))]
    return np.array(inputs), np.array(targets)


_SHARED: dict[str, Any] = {
    "epochs": 5,
    "learning_rate": 1e-3,
    "batch_size": 8,
    "precision": "mixed_bfloat16",
    "draws": 1000,
}
TASKS = {
    "detector-tuning": (
        "coco",
        [
            Recipe("heads", {"taught": "heads"} | _SHARED, _teach),
            Recipe("all-layers", {"taught": "all"} | _SHARED, _teach),
        ],
    )
}
