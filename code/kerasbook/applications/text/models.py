"""Four Keras models of a text, token ids, and one way to train them."""

import keras
import numpy as np


def build_bag_network(vocabulary, num_classes, *, units=128):
    """Turn bags of shape `(batch, vocabulary)` into logits, one a class."""
    return keras.Sequential(
        [
            keras.Input((vocabulary,), sparse=True),  # ①
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def build_fasttext_network(vocabulary, num_classes, *, dimensions=64):
    """Mean of word embeddings, dense layer: fastText without bigrams."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary, dimensions, mask_zero=True),
            keras.layers.GlobalAveragePooling1D(),  # skips the padding
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def build_convolutional_network(vocabulary, num_classes, *, dimensions=64):
    """Embedding, Conv1D of one width (3), global max pooling, dense layer."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary, dimensions),  # ①
            keras.layers.Dropout(0.2),
            keras.layers.Conv1D(128, 3, activation="relu"),  # ②
            keras.layers.GlobalMaxPooling1D(),  # ③
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def build_lstm_network(vocabulary, num_classes, *, dimensions=64):
    """Bidirectional LSTM classifier of token ids."""
    lstm = keras.layers.LSTM(dimensions, return_sequences=True)  # ①
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary, dimensions),
            keras.layers.Dropout(0.2),
            keras.layers.Bidirectional(lstm),  # ②
            keras.layers.GlobalMaxPooling1D(),  # ③
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def train_text_classifier(
    model, inputs, labels, *, epochs, batch_size, learning_rate, held_out=None
):
    """Train on logits; return the accuracy on `held_out` after each epoch."""
    one_hot = np.eye(model.output_shape[-1], dtype="float32")
    steps = epochs * -(-len(labels) // batch_size)
    cosine = keras.optimizers.schedules.CosineDecay(learning_rate, steps)  # ①
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True,
        label_smoothing=0.1,  # ②
    )
    model.compile(keras.optimizers.Adam(cosine), loss, metrics=["accuracy"])
    history = model.fit(
        inputs, one_hot[labels], epochs=epochs, batch_size=batch_size,
        validation_data=held_out and (held_out[0], one_hot[held_out[1]]),
        verbose=0,
    )  # fmt: skip
    return history.history.get("val_accuracy", [])


def learn_vocabulary(texts, *, vocabulary, length):
    """A TextVectorization layer, adapted to `texts`."""
    vectorize = keras.layers.TextVectorization(
        max_tokens=vocabulary, output_sequence_length=length
    )
    vectorize.adapt(texts)
    return vectorize


def token_ids(vectorize, texts):
    """Turn texts into ids of shape `(n, length)`: 0 is padding, 1 unknown."""
    ids = np.array(vectorize(texts))
    ids[:, 0] = np.maximum(ids[:, 0], 1)  # a mean of no token would be NaN
    return ids
