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
    """Wrap a model of one input so that every layer gets training=False."""
    image = keras.Input(
        model.input_shape[1:], dtype=model.inputs[0].dtype, name="image"
    )
    return keras.Model(image, model(image, training=False))
