"""Posts: one error for a broken line; header, signature, quotations as in scikit-learn."""

import json

import numpy as np
import pytest
from sklearn.datasets import _twenty_newsgroups as oracle

from bookkit.data.registry import SAMPLE
from kerasbook.applications.text import posts

GOOD = b'{"text": "Orbit?", "label": "sci.space"}\n'


def test_the_groups_are_twenty_in_the_order_of_scikit_learn():
    assert len(set(posts.GROUPS)) == 20
    assert list(posts.GROUPS) == sorted(posts.GROUPS)


def test_posts_come_in_order_with_the_positions_of_their_groups(tmp_path):
    path = tmp_path / "posts.jsonl"
    line = json.dumps({"text": "a\u2028b\n\x85c", "label": "alt.atheism"}, ensure_ascii=False)
    path.write_bytes(GOOD + line.encode())
    texts, labels = posts.read_posts(path)
    assert texts == ["Orbit?", "a\u2028b\n\x85c"]
    assert labels.tolist() == [14, 0]


BROKEN = {
    b'{"text": "a"': "expected JSON. Received: Expecting ',' delimiter at column 13",
    b"": "",
    b"\n": "expected JSON. Received: Expecting value at column",
    b"\xef\xbb\xbf" + GOOD: "expected JSON. Received: Unexpected UTF-8 BOM",
    b'{"text": "\xff", "label": "sci.space"}': "can't decode byte 0xff in position 10",
    b'{"text": "\\ud800", "label": "sci.space"}': "surrogates not allowed",
    b'["a", "sci.space"]': "expected an object with a string 'text'. Received: ['a', 'sci.space']",
    b'{"label": "sci.space"}': "expected an object with a string 'text'",
    b'{"text": "a"}': "expected an object with a string 'label'. Received: {'text': 'a'}",
    b'{"text": 1, "label": "sci.space"}': "expected an object with a string 'text'",
    b'{"text": "a", "label": 14}': "expected an object with a string 'label'",
    b'{"text": "a", "label": "sci.spaec"}': "one of the 20 groups. Received: label='sci.spaec'",
    b"[" * 200_000: "expected JSON. Received: nested too deep",
}


@pytest.mark.parametrize("line", [line for line in BROKEN if line], ids=range(len(BROKEN) - 1))
def test_a_broken_line_is_one_error_with_file_and_line(tmp_path, line):
    path = tmp_path / "posts.jsonl"
    path.write_bytes(GOOD + GOOD + line)
    with pytest.raises(ValueError, match=r"^posts\.jsonl, line 3: ") as caught:
        posts.read_posts(path)
    assert BROKEN[line] in str(caught.value)


def test_a_file_without_posts_is_an_error(tmp_path):
    (tmp_path / "posts.jsonl").write_bytes(b"")
    with pytest.raises(ValueError, match=r"^posts\.jsonl: expected a post"):
        posts.read_posts(tmp_path / "posts.jsonl")


def test_the_sample_loads_balanced(monkeypatch):
    monkeypatch.setenv("KERASBOOK_DATA", str(SAMPLE))
    (texts, labels), (test_texts, test_labels) = posts.load_newsgroups()
    assert np.bincount(labels).tolist() == [40] * 20
    assert np.bincount(test_labels).tolist() == [15] * 20
    assert (len(texts), len(test_texts)) == (800, 300)
    assert [posts.strip_post(text) for text in texts] == texts, "no headers, nothing to strip"


def test_a_folder_with_one_file_missing_is_passed_over(monkeypatch, tmp_path):
    (tmp_path / "half/newsgroups").mkdir(parents=True)
    (tmp_path / "half/newsgroups/train.jsonl").write_bytes(GOOD)
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path / "half"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(SAMPLE)
    assert len(posts.load_newsgroups()[0][0]) == 800


def test_without_files_scikit_learn_is_asked_and_its_failure_explained(monkeypatch, tmp_path):
    monkeypatch.delenv("KERASBOOK_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    part = type("Part", (), {"data": ["a"], "target": np.array([3])})
    monkeypatch.setattr(posts, "fetch_20newsgroups", lambda subset: part)
    assert posts.load_newsgroups() == ((["a"], part.target), (["a"], part.target))

    def fail(subset):
        raise OSError("no network")

    monkeypatch.setattr(posts, "fetch_20newsgroups", fail)
    with pytest.raises(FileNotFoundError, match=r"sample-data\.zip.*KERASBOOK_DATA=None"):
        posts.load_newsgroups()


def stripped(text):
    text = oracle.strip_newsgroup_header(text)
    text = oracle.strip_newsgroup_footer(text)
    return oracle.strip_newsgroup_quoting(text)


HEAD = "From: a@b.example\nSubject: x"
BODIES = [
    "one line",
    "one line\n",
    "> quoted\nanswer",
    "| quoted\n a > b\nanswer",
    "In article <1> a@b writes:\n> x\nanswer\n\n--\nAna",
    "text\n\nmore\n-----\nAna\nOrbit Club",
    "--\nAna",
    "Ana wrote:\nBo says:\nCy said:\nDee writes in:\nQuoted from Eve\nanswer",
    "",
    "\n\n\n",
    "text\n\n   \n",
    "a\r\n\r\nb",
    "In articles\nit writes well",
]


@pytest.mark.parametrize("body", BODIES)
def test_made_posts_are_stripped_as_by_scikit_learn(body):
    post = f"{HEAD}\n\n{body}"
    assert posts.strip_post(post) == stripped(post)


def test_all_real_posts_are_stripped_as_by_scikit_learn(whole_data):
    folder = whole_data("newsgroups")
    for part, count in (("train", 11_314), ("test", 7_532)):
        texts, labels = posts.read_posts(folder / f"{part}.jsonl")
        assert len(texts) == count
        assert set(labels) == set(range(20))
        if part == "train":  # as the page says
            counts = np.bincount(labels)
            assert (counts.min(), counts.max()) == (377, 600)
        differ = [text[:80] for text in texts if posts.strip_post(text) != stripped(text)]
        assert differ == []


@pytest.mark.parametrize(
    "post",
    ["no header", "no header\n\nFrom: a", "Dear all,\n\nhello", "From: a but no blank line", ""],
)
def test_a_text_without_a_header_stays_as_it_is(post):
    assert posts.split_header(post) == ("", post)
    assert posts.strip_post(post) == post


def test_a_header_may_begin_with_the_rest_of_a_path():
    post = " uunet!moon!ana\nSubject: x\n\nbody"
    assert posts.split_header(post) == (" uunet!moon!ana\nSubject: x", "body")
