"""Lists of pages name every page, and pages only."""

from bookkit.checks import contents

INDEX = """\
(sec-index)=
# A book

```{toctree}
:hidden:
:caption: b

part/a
```

```{toctree}
part/c
```
"""
PAGES = {"index": INDEX, "part/a": "# A\n", "part/c": "# C\n"}


def found(project, zh, en):
    trees = {"zh": PAGES | zh, "en": PAGES | en}
    return list(
        contents.check(
            project(
                {
                    f"book/{language}/{name}.md": text
                    for language, tree in trees.items()
                    for name, text in tree.items()
                }
            )
        )
    )


def test_lists_that_name_every_page_are_well(project):
    assert found(project, {}, {}) == []


def test_a_page_that_no_list_names_is_said_once_for_both_languages(project):
    assert found(project, {"b": "# B\n"}, {"b": "# B\n"}) == [
        "book/zh/b.md:1: no reader finds this page; "
        "add b to a {toctree} in book/zh/index.md and book/en/index.md"
    ]


def test_a_page_missing_in_one_list_only_is_said_of_that_language(project):
    zh = {"index": INDEX.replace("part/c\n", "")}
    assert found(project, zh, {}) == [
        "book/zh/part/c.md:1: no reader finds this page; "
        "add part/c to a {toctree} in book/zh/index.md"
    ]


def test_an_entry_that_is_no_page_is_told_its_like(project):
    wrong = {"index": INDEX.replace("part/a", "part/aa")}
    cure = "write it, or name another: part/a, part/c"
    assert [each for each in found(project, wrong, wrong) if "to list" in each] == [
        f"book/{language}/index.md:8: there is no page 'part/aa' to list; {cure}"
        for language in ("zh", "en")
    ]
