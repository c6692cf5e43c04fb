"""The network that reads digits, for the pages on training and testing."""

import keras


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
