"""Spans and tags, and every way in which a file of sentences can be wrong."""

import json

import numpy as np
import pytest
from seqeval.scheme import IOB2, Tokens

from kerasbook.applications.entities import data

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def random_tags(count, seed):
    generator = np.random.default_rng(seed)
    for _ in range(count):
        yield [TAGS[k] for k in generator.integers(5, size=generator.integers(1, 9))]


def random_spans(generator, length):
    spans, position = [], 0
    while position < length:
        start = position + int(generator.integers(3))
        end = start + int(generator.integers(1, 4))
        if end <= length:
            spans.append((start, end, str(generator.choice(["a", "b", "c-d"]))))
        position = end
    return spans


def test_spans_by_hand():
    tags = ["B-name", "I-name", "O", "B-name", "B-book", "I-book", "I-book"]
    assert data.entity_spans(tags) == [(0, 2, "name"), (3, 4, "name"), (4, 7, "book")]
    assert data.entity_spans([]) == data.entity_spans(["O"]) == []


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["I-a"], []),
        (["O", "I-a", "I-a"], []),
        (["B-a", "I-b"], [(0, 1, "a")]),
        (["B-a", "I-b", "I-a"], [(0, 1, "a")]),
        (["B-a", "O", "I-a"], [(0, 1, "a")]),
        (["I-a", "B-a", "I-a"], [(1, 3, "a")]),
    ],
)
def test_an_inside_tag_that_continues_nothing_is_no_entity(tags, expected):
    assert data.entity_spans(tags) == expected


def test_spans_are_those_of_seqeval():
    stray = 0
    for tags in random_tags(500, seed=0):
        expected = [(e.start, e.end, e.tag) for e in Tokens(tags, IOB2).entities]
        assert data.entity_spans(tags) == expected
        stray += data.tags_from_spans(expected, len(tags)) != tags
    assert 100 < stray < 450, "both valid and invalid sequences were meant to be tried"


def test_spans_survive_the_way_to_tags_and_back():
    generator = np.random.default_rng(1)
    for length in range(1, 60):
        spans = random_spans(generator, length)
        tags = data.tags_from_spans(spans, length)
        assert len(tags) == length
        assert data.entity_spans(tags) == spans


@pytest.mark.parametrize("tag", ["B", "I-", "-a", "X-a", "a", "o", "", "E-a", "B_a"])
def test_an_unknown_tag_is_echoed(tag):
    with pytest.raises(ValueError, match="O, B-type or I-type") as caught:
        data.entity_spans(["O", tag])
    assert str(caught.value).endswith(f"Received: tags[1]={tag!r}")


@pytest.mark.parametrize("span", [(-1, 2, "a"), (2, 5, "a"), (3, 3, "a"), (3, 2, "a"), (4, 5, "a")])
def test_a_span_outside_its_sentence_is_echoed(span):
    with pytest.raises(ValueError, match="within 0 and 4") as caught:
        data.tags_from_spans([span], 4)
    assert str(caught.value).endswith(f"Received: span={span}")


@pytest.mark.parametrize("span", [(1, 3, "b"), (0, 2, "a"), (0, 4, "a")])
def test_spans_that_overlap_are_refused(span):
    with pytest.raises(ValueError, match="do not overlap") as caught:
        data.tags_from_spans([(1, 2, "a"), span], 4)
    assert str(caught.value).endswith(f"Received: span={span}")


# Files

GOOD = {"tokens": ["林", "一"], "tags": ["B-name", "I-name"]}


def write(path, *lines):
    encoded = [
        line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode()
        for line in lines
    ]
    path.write_bytes(b"\n".join(encoded) + b"\n")
    return path


def test_sentences_are_read_in_order_and_empty_lines_skipped(tmp_path):
    other = {"tokens": ["a\u2028b"], "tags": ["O"]}
    path = write(tmp_path / "train.jsonl", GOOD, b"", other)
    assert data.read_sentences(path) == [
        (GOOD["tokens"], GOOD["tags"]),
        (other["tokens"], other["tags"]),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"tokens": ["a"], "tags": ["O"', "Expecting"),
        (b'{"tokens": ["\xff"], "tags": ["O"]}', "can't decode byte 0xff"),
        (b'["a"]', 'expected an object with "tokens" and "tags"'),
        ({"tokens": ["a"]}, 'expected an object with "tokens" and "tags"'),
        ({"tokens": "a", "tags": ["O"]}, "expected a list of strings as tokens"),
        ({"tokens": ["a"], "tags": [0]}, "expected a list of strings as tags"),
        ({"tokens": ["a", "b"], "tags": ["O"]}, "2 tokens but 1 tags"),
        ({"tokens": ["a"], "tags": ["I-x"]}, "an I- tag continues no entity"),
        ({"tokens": ["a", "b"], "tags": ["B-x", "I-y"]}, "an I- tag continues no entity"),
        ({"tokens": ["a"], "tags": ["S-x"]}, "Received: tags[0]='S-x'"),
    ],
)
def test_a_bad_line_is_named_with_its_file(tmp_path, line, message):
    path = write(tmp_path / "train.jsonl", GOOD, line, GOOD)
    with pytest.raises(ValueError, match=r"^train\.jsonl, line 2: ") as caught:
        data.read_sentences(path)
    assert message in str(caught.value)
    assert type(caught.value) is ValueError


@pytest.mark.parametrize(
    ("load", "parts"),
    [(data.load_cluener, ("train", "dev")), (data.load_wnut17, ("train", "dev", "test"))],
)
def test_the_folder_of_the_variable_comes_first(load, parts, tmp_path, monkeypatch):
    name = load.__name__.removeprefix("load_")
    monkeypatch.chdir(tmp_path)
    for place in ("data", "elsewhere"):
        folder = tmp_path / place / name
        folder.mkdir(parents=True)
        for part in parts:
            write(folder / f"{part}.jsonl", {"tokens": [place, part], "tags": ["O", "O"]})
    monkeypatch.delenv("KERASBOOK_DATA", raising=False)
    assert [part[0][0] for part in load()] == [["data", part] for part in parts]
    monkeypatch.setenv("KERASBOOK_DATA", "elsewhere")
    assert [part[0][0] for part in load()] == [["elsewhere", part] for part in parts]


@pytest.mark.parametrize("load", [data.load_cluener, data.load_wnut17])
def test_without_data_one_error_says_what_to_do(load, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASBOOK_DATA", "nowhere")
    with pytest.raises(FileNotFoundError, match=r"sample-data\.zip") as caught:
        load()
    assert str(caught.value).endswith("Received: KERASBOOK_DATA='nowhere'")
