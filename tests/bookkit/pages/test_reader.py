"""Reading a page as a notebook."""

import re

import pytest

from bookkit.errors import PageError
from bookkit.pages import reader
from bookkit.paths import ROOT


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "code"
    root.mkdir()
    (root / "toy.py").write_text("def f():\n    return 1\n", encoding="utf-8")
    return root


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_includes_of_a_page_are_expanded_and_its_prose_is_kept(tmp_path, root, write_page):
    page = write_page(
        tmp_path / "page.md",
        """\
        (sec-a)=
        # One

        # %include toy f

        ```{code-cell} ipython3
        # %include toy f
        f()
        ```

        After.
        """,
    )
    notebook = reader.read_page(page, root, {})
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "markdown"]
    assert notebook.cells[0].source == "(sec-a)=\n# One\n\n# %include toy f"
    assert notebook.cells[1].source == "def f():\n    return 1\nf()"
    assert notebook.cells[1].metadata == {}
    assert dict(notebook.metadata.kernelspec) == reader.KERNELSPEC


BAD_CELLS = {
    "plain": ("x = 1\n# %include toy g", 2),
    "first line": ("# %include toy g", 1),
    "tags": (":tags: [remove-cell]\nx = 1\n# %include toy g", 3),
    "two options": (":tags: [a]\n:key: b\n# %include toy g", 3),
    "options and an empty line": (":tags: [a]\n\nx = 1\n# %include toy g", 4),
    "yaml options": ("---\ntags: [a]\n---\nx = 1\n# %include toy g", 5),
    "a slice that looks like an option": ("x = [\n:1\n]\n# %include toy g", 4),
}


@pytest.mark.parametrize(("body", "line"), BAD_CELLS.values(), ids=BAD_CELLS)
def test_an_unknown_include_names_the_very_line_of_the_page(tmp_path, root, page_text, body, line):
    good = "```{code-cell} ipython3\n:tags: [x]\n# %include toy f\n```\n"
    text = page_text("") + f"# One\n\n{good}\ntext\n\n```{{code-cell}} ipython3\n{body}\n```\n"
    opening = text[: text.index("toy g")].count("\n") + 1
    with pytest.raises(PageError) as caught:
        reader.parse(text, tmp_path / "page.md", root)
    assert opening == text[: text.rindex("```{code-cell}")].count("\n") + 1 + line
    assert str(caught.value) == (
        f"{tmp_path}/page.md:{opening}: unknown include: toy.py defines no 'g'; closest: none"
    )


def test_errors_inside_the_project_name_the_page_from_its_root(page_text, root):
    text = page_text("```{code-cell} ipython3\n# %include toy\n```\n")
    message = "book/en/x.md:6: expected '# %include MODULE NAME ...', got '# %include toy'"
    with pytest.raises(PageError, match=f"^{re.escape(message)}$"):
        reader.parse(text, ROOT / "book" / "en" / "x.md", root)


@pytest.mark.parametrize(
    "kernelspec",
    [
        "{display_name: Python 3, language: python, name: other}",
        "{display_name: Python 3 (ipykernel), language: python, name: python3}",
        "{name: python3}",
    ],
)
def test_another_kernelspec_is_refused(tmp_path, root, kernelspec):
    text = f"---\nfile_format: mystnb\nkernelspec: {kernelspec}\n---\n# One\n"
    with pytest.raises(PageError) as caught:
        reader.parse(text, tmp_path / "page.md", root)
    expected = "{'display_name': 'Python 3', 'language': 'python', 'name': 'python3'}"
    start = f"{tmp_path}/page.md:1: kernelspec must be {expected}. Received: {{"
    assert str(caught.value).startswith(start)


@pytest.mark.parametrize(("more", "expected"), [
    ("", {}),
    ("bookkit: {alone: true, data: [cifar10]}", {"alone": True, "data": ["cifar10"]}),
])  # fmt: skip
def test_settings_come_from_the_front_matter(tmp_path, root, write_page, more, expected):
    page = write_page(tmp_path / "page.md", "# One\n", more)
    data = {"cifar10": {"variant": "sample", "sha256": "a1"}}
    assert reader.settings(reader.read_page(page, root, data)) == expected


def test_a_page_without_cells_has_a_kernelspec_and_no_code(tmp_path, root):
    notebook, files, included = reader.parse("# One\n\ntext\n", tmp_path / "page.md", root)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown"]
    assert dict(notebook.metadata.kernelspec) == reader.KERNELSPEC
    assert (files, included) == ([], {})


@pytest.mark.parametrize("cell", ["", "\n", "\n:tags: [x]", "\n```\n"])
def test_an_empty_or_unclosed_cell_is_read_all_the_same(tmp_path, root, page_text, cell):
    text = page_text(f"# One\n\n```{{code-cell}} ipython3{cell}")
    notebook, *_ = reader.parse(text, tmp_path / "page.md", root)
    assert [one.source for one in code(notebook)] == [""]


def test_cells_and_cache_keys_are_the_same_in_both_languages(
    tmp_path, root, write_page, book_cache
):
    def body(heading, between):
        return (
            f"# {heading}\n\n```{{code-cell}} ipython3\n:tags: [hide-input]\n# %include toy f\n"
            f"```\n\n{between}\n\n```{{code-cell}} ipython3\nf()\n```\n"
        )

    zh = write_page(tmp_path / "zh.md", body("一", "字\n\n+++\n\n多一段"), "title: 一")
    en = write_page(tmp_path / "en.md", body("One", "word"), "title: One")
    notebooks = [reader.read_page(page, root, {}) for page in (zh, en)]
    left, right = ([(cell.source, cell.metadata) for cell in code(one)] for one in notebooks)
    assert left == right == [
        ("def f():\n    return 1", {"tags": ["hide-input"]}),
        ("f()", {}),
    ]  # fmt: skip
    keys = {book_cache.create_hashed_notebook(one)[1] for one in notebooks}
    assert len(keys) == 1


def test_the_line_of_a_cell_is_that_of_its_first_line_of_code(tmp_path, root, write_page):
    page = write_page(
        tmp_path / "page.md",
        "# One\n\n```{code-cell} ipython3\nx = 1\n```\n\n"
        "```{code-cell} ipython3\n:tags: [hide-input]\ny = 2\n```\n",
    )
    notebook = reader.read_page(page, root, {})
    lines = page.read_text(encoding="utf-8").splitlines()
    found = [
        lines[reader.cell_line(notebook, index) - 1]
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]
    assert found == ["x = 1", "y = 2"]


def test_sphinx_reads_the_text_with_the_page_it_is_at(tmp_path, root, page_text):
    text = page_text("```{code-cell} ipython3\n# %include toy f\n```\n")
    reading = reader.Reading(tmp_path / "page.md", root, {})
    token = reader.current.set(reading)
    try:
        notebook = reader.read_text(text)
        with pytest.raises(PageError, match=r"page\.md:6: unknown include"):
            reader.read_text(text.replace("toy f", "toy g"))
    finally:
        reader.current.reset(token)
    assert code(notebook)[0].source == "def f():\n    return 1"
    assert reading.files == [root / "toy.py"]
    assert list(reading.included.values()) == [[("toy", "f", "function")]]
