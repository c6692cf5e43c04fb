"""What the checks read of a project."""

from bookkit.checks.book import Book

PAGE = """\
(sec-a)=
# A

```{code-cell} ipython3
---
tags: [hide-input, remove-cell]
---

# %include kerasbook.toy double gone
print(double(2))
```

```{code-cell} ipython3
# %include kerasbook.toy double triple
```
"""
TOY = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"


def read(project) -> Book:
    pages = {"book/zh/part/a.md": PAGE, "book/en/part/a.md": PAGE, "book/en/b.md": "# B\n"}
    return project(pages | {"code/kerasbook/toy.py": TOY, "code/other.py": "x = 1\n"})


def test_pages_stand_by_language_and_name(project):
    book = read(project)
    assert [page.where(7) for page in book.pages] == [
        "book/zh/part/a.md:7",
        "book/en/b.md:7",
        "book/en/part/a.md:7",
    ]
    assert list(book.trees["en"]) == ["b", "part/a"]


def test_a_cell_knows_its_lines_and_tags_and_runs_with_what_it_includes(project):
    first, second = read(project).trees["zh"]["part/a"].cells
    assert (first.line, first.tags, first.removed) == (9, ("hide-input", "remove-cell"), True)
    assert first.at(2, "no") == "book/zh/part/a.md:10: no"
    assert first.expanded == first.source  # it names what is not there
    assert (second.line, second.tags, second.removed) == (14, (), False)
    assert second.expanded == TOY.rstrip("\n")
    assert [node.name for node in second.run.body] == ["double", "triple"]
    assert second.written.body == []


def test_definitions_are_found_where_they_are_included_first(project):
    book = read(project)
    places = {key: (page.language, line) for key, (page, line) in book.included.items()}
    assert places == {
        ("kerasbook.toy", "double"): ("zh", 9),
        ("kerasbook.toy", "triple"): ("zh", 14),
    }


def test_modules_are_those_that_readers_may_copy(project):
    book = read(project)
    assert [path.name for path in book.modules] == ["toy.py"]


def test_a_line_is_found_by_its_start(project):
    page = read(project).trees["en"]["part/a"]
    assert page.line_of("# A") == 2
    assert page.line_of("nothing") == 1
