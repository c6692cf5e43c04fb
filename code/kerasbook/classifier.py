"""Networks that read digits, for the pages on compiling, training, testing."""

import keras


def build_model(units=10, activation="softmax"):
    """Build a small network for images of 64 pixels in a row."""
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(units, activation=activation),
        ]
    )


def build_classifier(*, hidden=64, dropout=0.0, decay=0.0):
    """Build and compile a network from `(batch, 64)` to `(batch, 10)`."""
    layers = [keras.Input((64,))]
    layers.append(keras.layers.Dense(hidden, activation="relu"))
    if dropout:
        layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(10, activation="softmax"))
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.AdamW(0.01, weight_decay=decay),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
