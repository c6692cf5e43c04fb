"""A small network, alone and with a teacher, at equal cost."""

import keras
import numpy as np

from kerasbook.scores import accuracy


def build_student(hidden):
    """Build a network from digits `(batch, 64)` to logits `(batch, 10)`."""
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(10),
        ]
    )


def train_student(model, digits, *, epochs):
    """Train a network of logits, or a distiller, on images and labels."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.optimizer.build(model.trainable_variables)  # ①
    x, y = digits
    rows = [np.random.permutation(len(y)) for _ in range(epochs)]
    rows = np.concatenate(rows)  # ②
    rows = rows[: len(rows) // 128 * 128]  # ③
    model.fit(x[rows], y[rows], batch_size=128, shuffle=False, verbose=0)


def distill(teacher, student, *, temperature=3.0):
    """Compile a distillation model: KL divergence at a temperature."""
    return keras.distillation.Distiller(
        teacher,
        student,
        keras.distillation.LogitsDistillation(
            temperature,
            loss=keras.losses.KLDivergence(),  # ①
        ),
        student_loss_weight=0.5,  # ②
    )


def multiplications(hidden):
    """Count the multiplications of one forward pass of one digit."""
    return 64 * hidden + hidden * 10


def epochs_at_equal_compute(epochs, student, teacher):
    """Epochs of the student alone that cost as much as `epochs` with a teacher.

    A step forward and backward costs about three forward passes; the
    teacher adds one of its own, forward only.
    """
    step = 3 * multiplications(student)
    return round(epochs * (step + multiplications(teacher)) / step)


def compare_students(digits, test, seed, *, student=6, teacher=32, epochs=20):
    """Accuracies of a teacher, its student, and the student trained alone."""
    keras.utils.set_random_seed(seed)
    big = build_student(teacher)
    train_student(big, digits, epochs=epochs)
    taught = build_student(student)
    alone = keras.models.clone_model(taught)
    alone.set_weights(taught.get_weights())  # the same start
    train_student(distill(big, taught), digits, epochs=epochs)
    longer = epochs_at_equal_compute(epochs, student, teacher)
    train_student(alone, digits, epochs=longer)
    x, y = test
    networks = {"teacher": big, "taught": taught, "alone": alone}
    return {
        name: accuracy(keras.ops.convert_to_numpy(each(x)), y)
        for name, each in networks.items()
    }
