"""Four Keras models of a text, one way to train them, and their yardstick."""

import keras
import numpy as np


def build_bag_network(vocabulary, num_classes, *, units=128):
    """Build a network with one hidden layer on a bag of words.

    Input: a sparse matrix of shape `(batch, vocabulary)`. Output: logits of
    shape `(batch, num_classes)`.
    """
    return keras.Sequential(
        [
            keras.Input((vocabulary,), sparse=True),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def build_average_network(vocabulary, num_classes, *, dimensions=64):
    """Build a network that averages the embeddings of a text's tokens.

    Input: token ids of shape `(batch, time)`, 0 for padding. Output: logits
    of shape `(batch, num_classes)`.

    Source: Joulin et al. (2017), without their word pairs.
    """
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
    """Build a network that looks for phrases of three tokens.

    Input and output as in `build_average_network`.

    Source: Kim (2014), with one width of filter and no pretrained vectors.
    """
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary, dimensions),
            keras.layers.Dropout(0.2),
            keras.layers.Conv1D(128, 3, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def build_lstm_network(vocabulary, num_classes, *, dimensions=64):
    """Build a network that reads a text in both directions.

    Input and output as in `build_average_network`. It takes the largest
    output over all positions, so padding needs no mask.
    """
    lstm = keras.layers.LSTM(dimensions, return_sequences=True)
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary, dimensions),
            keras.layers.Dropout(0.2),
            keras.layers.Bidirectional(lstm),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )


def train_text_classifier(
    model, inputs, labels, *, epochs, batch_size, learning_rate
):
    """Train a classifier that ends in logits.

    Adam, a learning rate that falls to zero along a cosine, and targets
    smoothed by a tenth.

    Args:
        model: a Keras model with logits of shape `(batch, num_classes)`.
        inputs: array, or SciPy's sparse matrix, of `n` rows.
        labels: integer labels of shape `(n,)`.
        epochs: passes over the data.
        batch_size: texts per update.
        learning_rate: at the first update.
    """
    targets = np.eye(model.output_shape[-1], dtype="float32")[labels]
    steps = epochs * -(-len(labels) // batch_size)
    cosine = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(
        optimizer=keras.optimizers.Adam(cosine),
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=0.1
        ),
    )
    model.fit(inputs, targets, epochs=epochs, batch_size=batch_size, verbose=0)


def token_ids(texts, test_texts, *, vocabulary, length):
    """Turn texts into token ids; the vocabulary is that of `texts` alone.

    Args:
        texts: training texts, a list of strings.
        test_texts: other texts.
        vocabulary: number of ids: 0 for padding, 1 for any token that is
            not among the most frequent.
        length: tokens per text; longer texts are cut at their end, and a text
            without tokens becomes one unknown token.

    Returns:
        int arrays of shapes `(n, length)` and `(m, length)`.
    """
    vectorize = keras.layers.TextVectorization(
        max_tokens=vocabulary, output_sequence_length=length
    )
    vectorize.adapt(texts)
    return tuple(_ids(vectorize, part) for part in (texts, test_texts))


def _ids(vectorize, texts):
    ids = np.array(vectorize(texts))  # (n, length)
    ids[:, 0] = np.maximum(ids[:, 0], 1)  # the mean of no token is NaN
    return ids
