"""Letters in, letters out: numbers, windows, tables and the network."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from kerasbook.concepts import letters


def test_only_letters_and_single_spaces_are_kept():
    assert letters.only_letters("A `Dense` layer,\n  3 x 4!") == "a dense layer x "


def test_documentation_is_taken_once_for_each_class():
    class Reads:
        """Reads 2 rows."""

    class Silent:
        pass

    module = SimpleNamespace(a=Reads, b=Reads, c=Silent, d=len, e=3)
    assert letters.documentation(module) == "reads rows "
    assert letters.documentation(module, SimpleNamespace(f=Silent)) == "reads rows "


def test_letters_are_numbered_from_the_space():
    assert letters.to_ids(" abz").tolist() == [0, 1, 2, 26]


def test_what_follows_stands_one_letter_later():
    rows, following = letters.cut_windows(np.arange(8), 3)
    assert rows.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert following.tolist() == [[1, 2, 3], [4, 5, 6]]
    rows, following = letters.cut_windows(np.arange(7), 3)
    assert (len(rows), following[-1].tolist()) == (2, [4, 5, 6])
    assert len(letters.cut_windows(np.arange(6), 3)[0]) == 1, "the last has nothing after it"


def test_a_table_by_hand():
    # after a: b twice, c once; after b: a twice; c is never followed in the text
    text = "ababac"
    assert letters.table_accuracy(text, "abac", window=1) == pytest.approx(2 / 3)
    assert letters.table_accuracy(text, "ca", window=1) == 0
    assert letters.table_accuracy(text, "aaab", window=0) == pytest.approx(3 / 4)
    assert letters.table_accuracy(text, "bac", window=2) == 0, "ba: b and c, b first"
    assert letters.table_accuracy(text, "bab", window=2) == 1


class AfterA:
    """Stands for a model: b is likely after a, and c after anything else."""

    def __call__(self, ids):
        p = np.full((*ids.shape, 27), 0.1 / 26)
        p[ids == 1, 2] = p[ids != 1, 3] = 0.9
        return keras.ops.convert_to_tensor(p)


def test_suggestions_follow_the_last_letter_of_any_start():
    assert letters.suggest(AfterA(), "ca", count=1) == [("b", 0.9)]
    assert letters.suggest(AfterA(), "ab", count=1) == [("c", 0.9)]
    assert letters.suggest(AfterA(), "", count=1) == [("c", 0.9)]
    assert letters.suggest(AfterA(), "b" * 60 + "a", count=1) == [("b", 0.9)]
    assert len(letters.suggest(AfterA(), "ab")) == 3


def test_the_network_learns_a_text_that_repeats():
    keras.utils.set_random_seed(0)
    model = letters.build_letter_model()
    assert model.count_params() == 27 * 16 + 4 * 64 * (16 + 64 + 1) + 65 * 27
    rows, following = letters.cut_windows(letters.to_ids("the cat sat " * 150), 50)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    model.fit(rows, following, batch_size=8, epochs=12, verbose=0)
    # "t" is followed by h or by a space: only what came before it tells.
    assert letters.suggest(model, "the cat sat the cat", count=1)[0][0] == " "
    assert letters.suggest(model, "the cat sat the cat sat t", count=1)[0][0] == "h"
