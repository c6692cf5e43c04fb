"""What pages cite and what the file of references holds are the same, and the file can be read."""

import importlib.metadata

from bookkit.checks import references
from bookkit.web import documentation

FILE = "@misc{one,\n  title = {One},\n}\n\n@misc{two,\n  title = {Two},\n}\n"
PAGE = "# A\n\nSee {cite:t}`one`, and others {cite:p}`one,two`.\n"


def found(project, file=FILE, page=PAGE):
    files = {"book/references.bib": file, "book/zh/a.md": PAGE, "book/en/a.md": page}
    return list(references.check(project(files)))


def test_sources_that_are_cited_and_held_are_well(project):
    assert found(project) == []


def test_a_source_that_is_missing_is_told_its_like(project):
    assert found(project, page=PAGE.replace("one,two", "one, tow")) == [
        "book/en/a.md:3: there is no source 'tow'; "
        "write it into references.bib, or cite another: two"
    ]


def test_a_source_that_no_page_cites_is_named(project):
    assert found(project, file=FILE + "\n@book{three,\n  title = {3},\n}\n") == [
        "book/references.bib:9: no page cites 'three'; cite it, or take it out"
    ]


def test_a_lost_brace_is_found_before_any_build(project):
    assert found(project, file=FILE.replace("},\n}\n\n@", "},\n@", 1)) == [
        "book/references.bib:3: syntax error in line 3: '=' expected; "
        "an entry before it may lack its last brace"
    ]


def test_a_source_that_stands_twice_is_named_where_it_stands_again(project):
    assert found(project, file=FILE + FILE) == [
        "book/references.bib:8: the source 'one' stands here twice; keep one of them"
    ]


def test_a_citation_in_a_caption_is_named_and_one_below_is_well(project):
    figure = ":::{diagram} lamp\n:name: fig-lamp\n:alt: A lamp.\nWhy {cite:p}`one`?\n:::\n"
    pages = {"book/zh/a.md": PAGE, "book/en/a.md": f"{PAGE}\n{figure}"}
    assert list(references.captions(project(pages))) == [
        "book/en/a.md:8: a citation in a caption stops the PDF; cite it in the text"
    ]


def test_public_names_are_those_that_can_be_imported():
    names = references.public_names()
    assert {"keras.layers.Dense", "keras.Model", "keras.saving.load_model"} <= names
    assert not {"keras.Dense", "keras.src.layers.Dense", "keras.layers.Merge"} & names


def test_a_name_that_keras_lost_is_named_where_pages_write_it(project, monkeypatch, tmp_path):
    listed = tmp_path / "keras-io.yml"
    listed.write_text("keras.new.Old: api/new/\nkeras.layers.Old: api/old/\n", encoding="utf-8")
    monkeypatch.setattr(documentation, "FILE", listed)
    monkeypatch.setattr(references, "public_names", lambda: {"keras.new.Old"})
    names = {"keras.new.Old": "new", "keras.layers.Old": "old", "keras.new.Old.fit": "fit"}
    monkeypatch.setattr(documentation, "addresses", lambda: names)
    page = "# A\n\nUse `keras.layers.Old`, not `keras.layers.Older`.\n"
    lost = f"Keras {importlib.metadata.version('keras')} has no keras.layers.Old"
    assert list(references.documented(project({"book/en/a.md": page}))) == [
        f"book/keras-io.yml:2: {lost}; write keras.new.Old",
        f"book/en/a.md:3: {lost}; write keras.new.Old",
    ]
