"""Students: equal cost by hand, and a divergence that is one."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from kerasbook.beyond.compression.drawing import plot_sizes, plot_students
from kerasbook.beyond.compression.students import (
    build_student,
    compare_students,
    distill,
    epochs_at_equal_compute,
    multiplications,
    train_student,
)


def blobs():
    generator = np.random.default_rng(0)
    labels = np.arange(200) % 10
    x = np.eye(10)[labels] @ generator.normal(size=(10, 64))
    return (x + generator.normal(0, 0.1, x.shape)).astype("float32"), labels


def test_equal_cost_by_hand():
    assert multiplications(6) == 64 * 6 + 6 * 10 == 444
    # a step alone costs 3 * 444 = 1332; a teacher of 32 adds 2368
    assert epochs_at_equal_compute(20, student=6, teacher=32) == round(20 * 3700 / 1332) == 56


def test_divergence_of_the_distiller_by_hand():
    distiller = distill(build_student(8), build_student(2), temperature=1.0)
    (distance,) = distiller.distillation_losses
    teacher, student = np.array([[2.0, -1.0]]), np.array([[1.0, 3.0]])
    p, q = (np.exp(v) / np.exp(v).sum() for v in (teacher, student))
    value = float(distance.compute_loss(teacher, student))
    assert value == pytest.approx(float((p * np.log(p / q)).sum()), rel=1e-4)


def test_a_student_learns_from_its_teacher():
    keras.utils.set_random_seed(0)
    x, y = blobs()
    teacher, student = build_student(32), build_student(6)
    train_student(teacher, (x, y), epochs=20)
    weights = teacher.get_weights()
    train_student(distill(teacher, student), (x, y), epochs=40)
    assert (student.predict(x, verbose=0).argmax(axis=1) == y).mean() > 0.8
    for before, after in zip(weights, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_both_students_and_the_teacher_are_scored():
    digits = blobs()
    scores = compare_students(digits, digits, 0, epochs=5)
    assert list(scores) == ["teacher", "taught", "alone"]
    assert all(0 <= score <= 1 for score in scores.values())
    assert scores == compare_students(digits, digits, 0, epochs=5)


def test_figures_show_what_they_are_given():
    sizes, students = Figure().subplots(1, 2)
    plot_sizes(sizes, {"a": 30.0, "b": 10.0}, limit=12)
    assert [bar.get_width() for bar in sizes.patches] == [30, 10]
    assert [text.get_text() for text in sizes.texts] == ["30", "10"]
    assert all(text.xy[0] > 12 for text in sizes.texts)  # the line crosses no number
    assert sizes.lines[0].get_xdata()[0] == 12
    plot_students(students, [{"alone": 0.5, "taught": 0.7}])
    assert students.lines[0].get_xdata().tolist() == [0.5, 0.7]
