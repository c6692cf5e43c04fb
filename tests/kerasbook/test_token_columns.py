"""Columns, the dictionary, vocabularies, swapped entities and batches."""

from collections import Counter

import numpy as np
import pytest

from kerasbook import token_columns as features
from kerasbook.tagging import entity_spans

SENTENCES = [
    (list("林一到成都"), ["B-name", "I-name", "O", "B-city", "I-city"]),
    (list("成都人读成都"), ["B-city", "I-city", "O", "O", "B-book", "I-book"]),
    (list("到成都"), ["O", "B-city", "I-city"]),
]


def test_chinese_columns_are_characters_and_pairs():
    assert features.chinese_columns(list("成都人")) == [
        ["成", "都", "人"],
        ["^成", "成都", "都人"],
        ["成都", "都人", "人$"],
    ]


def test_english_columns_are_words_ends_and_shapes():
    words = ["iPhone4S", "Microsoft", "12345", "@joe_99", "—"]
    lower, starts, ends, shapes = features.english_columns(words)
    assert lower == ["iphone4s", "microsoft", "12345", "@joe_99", "—"]
    assert starts == ["^iph", "^mic", "^123", "^@jo", "^—"]
    assert ends == ["e4s$", "oft$", "345$", "_99$", "—$"]
    assert shapes == ["xXxxdX", "Xxx", "dd", "@xx_dd", "—"]
    assert [features.word_shape(word) for word in words] == shapes


def test_mentions_are_counted_by_type():
    mentions = features.count_mentions(SENTENCES)
    assert mentions == {
        ("林", "一"): {"name": 1},
        ("成", "都"): {"city": 3, "book": 1},
    }


def test_the_commonest_type_wins_until_own_entities_are_taken_off():
    mentions, surface = features.count_mentions(SENTENCES), ("成", "都")
    assert features.commonest_type(surface, mentions, Counter()) == "city"
    own = Counter({(surface, "city"): 3})
    assert features.commonest_type(surface, mentions, own) == "book"
    assert features.commonest_type(("林",), mentions, Counter()) is None


def mark(text, own=(), longest=12, mentions=None):
    mentions = mentions or features.count_mentions(SENTENCES)
    tags = features.gazetteer_tags(list(text), mentions, longest=longest, own=own)
    return entity_spans(tags)


def test_the_dictionary_marks_the_commonest_type_from_the_left():
    assert mark("林一成都成") == [(0, 2, "name"), (2, 4, "city")]
    assert mark("") == mark("林都") == []


def test_the_longest_match_wins_up_to_a_length():
    mentions = {("成",): {"a": 1}, ("成", "都"): {"b": 1}, ("成", "都", "人"): {"c": 1}}
    assert mark("成都人", mentions=mentions) == [(0, 3, "c")]
    assert mark("成都人", mentions=mentions, longest=2) == [(0, 2, "b")]


def test_own_entities_do_not_count():
    city, book = (("成", "都"), "city"), (("成", "都"), "book")
    assert mark("成都", own=[city]) == [(0, 2, "city")]
    assert mark("成都", own=[city] * 3) == [(0, 2, "book")]
    assert mark("成都", own=[*[city] * 3, book]) == []
    assert mark("林一", own=[(("林", "一"), "name")]) == []


def test_a_vocabulary_puts_the_frequent_first_and_drops_the_rare():
    strings = ["b", "a", "b", "c", "b", "a"]
    assert features.build_vocabulary(strings) == {"b": 2, "a": 3, "c": 4}
    assert features.build_vocabulary(strings, min_count=2) == {"b": 2, "a": 3}


def test_encoding_looks_up_every_column():
    encoder = features.Encoder(SENTENCES, features.chinese_columns, min_count=2)
    assert encoder.tags == ["O", "B-book", "I-book", "B-city", "I-city", "B-name", "I-name"]
    ids = encoder.encode(list("到成都X"))
    assert ids.shape == (4, 4)
    assert ids.dtype == np.int32
    characters, before, after = encoder.vocabularies
    assert ids[:, 0].tolist() == [*(characters[c] for c in "到成都"), features.UNKNOWN]
    assert ids[:, 1].tolist() == [1, before["到成"], before["成都"], 1]
    assert ids[:, 2].tolist() == [after["到成"], after["成都"], 1, 1]
    assert (ids[:, 3] - 2).tolist() == [0, 3, 4, 0]
    assert (ids.max(axis=0) < encoder.sizes).all()


def test_a_sentence_is_blind_to_its_own_entities():
    encoder = features.Encoder(SENTENCES, features.chinese_columns)
    seen = encoder.encode(list("林一"))[:, -1] - 2
    blind = encoder.encode(list("林一"), [(("林", "一"), "name")])[:, -1] - 2
    assert seen.tolist() == [5, 6]
    assert blind.tolist() == [0, 0]


def test_padding_stands_at_the_end():
    rows = [np.array([[1, 2]]), np.array([[3, 4], [5, 6]])]
    assert features.pad(rows, 0).tolist() == [[[1, 2], [0, 0]], [[3, 4], [5, 6]]]
    assert features.pad([np.array([7]), np.array([8, 9])], -1).tolist() == [[7, -1], [8, 9]]


DONORS = {"name": [list("欧阳一一")], "city": [list("渝")], "book": [list("书")]}


def swap(sentence, probability, seed=0):
    generator = np.random.default_rng(seed)
    return features.replace_mentions(*sentence, DONORS, generator, probability=probability)


def test_swapping_keeps_what_is_around_and_the_types():
    tokens, tags = swap(SENTENCES[0], 1)
    assert "".join(tokens) == "欧阳一一到渝"
    assert entity_spans(tags) == [(0, 4, "name"), (5, 6, "city")]
    assert swap(SENTENCES[0], 0) == SENTENCES[0]
    assert swap((list("没有"), ["O", "O"]), 1) == (list("没有"), ["O", "O"])


def test_swapping_takes_the_wanted_share():
    whole = (["x"] * 1000, ["B-city"] * 1000)
    tokens, _ = swap(whole, 0.3)
    assert 240 < tokens.count("渝") < 360  # more than four standard deviations


def batches(seed=0, **options):
    many = SENTENCES * 15
    encoder = features.Encoder(many, features.chinese_columns, min_count=1)
    options = {"batch_size": 8, "swap": 0.0, "unknown": 0.0} | options
    return encoder, features.TrainingBatches(many, encoder, seed=seed, **options)


def test_an_epoch_holds_every_sentence_once():
    encoder, made = batches()
    assert len(made) == 6
    names = {number: character for character, number in encoder.vocabularies[0].items()}
    for _ in range(2):
        found = []
        for ids, tags in made:
            np.testing.assert_array_equal(ids[..., 0] == features.PADDING, tags == -1)
            for row, numbers in zip(ids, tags, strict=True):
                kept = numbers >= 0
                text = "".join(names[k] for k in row[kept, 0])
                found.append((text, tuple(encoder.tags[k] for k in numbers[kept])))
        expected = [("".join(tokens), tuple(tags)) for tokens, tags in SENTENCES * 15]
        assert sorted(found) == sorted(expected)


def test_epochs_differ_and_a_seed_repeats_them():
    def flat(made):
        return np.concatenate([ids.ravel() for ids, _ in made]).tolist()

    _, one = batches(swap=0.5)
    _, same = batches(swap=0.5)
    _, other = batches(seed=1, swap=0.5)
    first, second = flat(one), flat(one)
    assert first != second
    assert [flat(same), flat(same)] == [first, second]
    assert flat(other) != first


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_the_wanted_share_becomes_unknown(share):
    _, made = batches(unknown=share)
    ids = np.concatenate([ids[tags >= 0].ravel() for ids, tags in made for _ in range(10)])
    assert (ids == features.UNKNOWN).mean() == pytest.approx(share, abs=0.04)
