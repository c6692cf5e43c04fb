"""Every way in which a file of sentences can be wrong."""

import json

import pytest

from kerasbook import sentences as data

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
