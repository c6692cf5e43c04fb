"""A network ready to leave: the same layers, their randomness shut off."""

import keras


def build_flipper():
    """Build a network that does nothing but augment: it mirrors at random."""
    return keras.Sequential(
        [
            keras.Input((1, 2, 1), name="pixels"),
            keras.layers.RandomFlip("horizontal"),
            keras.layers.Flatten(),
        ]
    )


def for_inference(model):
    """Wrap a model so that every layer gets training=False.

    The inputs, one or several, keep their names.
    """
    given = model.input if len(model.inputs) > 1 else model.inputs[0]
    inputs = keras.tree.map_structure(
        lambda each: keras.Input(
            each.shape[1:], dtype=each.dtype, name=each.name
        ),
        given,
    )
    return keras.Model(inputs, model(inputs, training=False))
