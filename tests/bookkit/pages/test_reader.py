"""Reading a page as a notebook."""

import re
from types import SimpleNamespace

import pytest

from bookkit.errors import BookError, PageError
from bookkit.pages import reader
from bookkit.paths import ROOT
from bookkit.running import packages


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
    assert [cell.id for cell in notebook.cells] == ["cell-000", "cell-001", "cell-002"]
    assert notebook.cells[0].source == "(sec-a)=\n# One\n\n# %include toy f"
    assert notebook.cells[1].source == "def f():\n    return 1\nf()"
    assert notebook.cells[1].metadata == {}
    assert dict(notebook.metadata.kernelspec) == reader.KERNELSPEC


def test_a_page_read_from_disk_is_named_in_its_errors(tmp_path, root, write_page):
    page = write_page(tmp_path / "page.md", "```{code-cell} ipython3\n# %include toy g\n```\n")
    with pytest.raises(PageError, match=re.escape(f"{page}:6: unknown include")):
        reader.read_page(page, root, {})


def test_data_is_part_of_the_kernel_that_a_page_asks_for(tmp_path, root, write_page, page_text):
    page = write_page(tmp_path / "page.md", "# One\n", "bookkit: {data: [digits]}")
    data = {"letters": {"sha256": "a1"}, "digits": {"sha256": "b2"}}
    kernel = {**reader.KERNELSPEC, "data": {"digits": "b2"}}
    assert reader.read_page(page, root, data).metadata.kernelspec == kernel
    token = reader.current.set(reader.Reading(page, root, {"letters": {}, "figures": {}}))
    try:
        for read in (
            lambda: reader.read_page(page, root, {"letters": {}, "figures": {}}),
            lambda: reader.read_text(page.read_text(encoding="utf-8")),
        ):
            with pytest.raises(PageError) as caught:
                read()
            message = f"{page}:1: unknown data ['digits']; known: letters, figures"
            assert str(caught.value) == message
    finally:
        reader.current.reset(token)


@pytest.fixture
def groups(monkeypatch):
    monkeypatch.setattr(packages, "groups", lambda: {"few": [], "rare": []})
    monkeypatch.setattr(packages, "package_versions", lambda group: {group: "1.2"})


def test_packages_are_part_of_the_kernel_of_the_page_that_names_them(
    tmp_path, root, write_page, groups
):
    page = write_page(tmp_path / "page.md", "# One\n", "bookkit: {packages: rare}")
    kernel = {**reader.KERNELSPEC, "packages": {"rare": "1.2"}}
    assert reader.read_page(page, root, {}).metadata.kernelspec == kernel


def test_a_page_that_names_unknown_packages_is_refused(tmp_path, root, write_page, groups):
    page = write_page(tmp_path / "page.md", "# One\n", "bookkit: {packages: rar}")
    with pytest.raises(PageError) as caught:
        reader.read_page(page, root, {})
    assert str(caught.value) == f"{page}:1: unknown packages 'rar'; groups: few, rare"


def test_a_page_whose_packages_are_not_installed_says_how(
    tmp_path, root, write_page, groups, monkeypatch
):
    def missing(group):
        raise BookError(f"no {group}: install it")

    monkeypatch.setattr(packages, "package_versions", missing)
    page = write_page(tmp_path / "page.md", "# One\n", "bookkit: {packages: rare}")
    with pytest.raises(PageError, match=re.escape(f"{page}:1: no rare: install it")):
        reader.read_page(page, root, {})


@pytest.mark.parametrize(("docname", "sha256"), [("part/one", "a1"), ("part/two", "b2")])
def test_a_page_of_the_book_is_read_as_the_build_says(tmp_path, root, write_page, docname, sha256):
    cell = "```{code-cell} ipython3\n# %include toy f\n```\n"
    write_page(tmp_path / f"{docname}.md", cell, "bookkit: {data: [digits]}")
    data = {"": {"digits": {"sha256": "b2"}}, "part/one": {"digits": {"sha256": "a1"}}}
    environment = SimpleNamespace(
        config=SimpleNamespace(bookkit_code=str(root), bookkit_data=data),
        doc2path=lambda name: f"{tmp_path}/{name}.md",
    )
    notebook = reader.page_of(environment, docname)
    assert notebook.metadata.kernelspec["data"] == {"digits": sha256}
    assert code(notebook)[0].source == "def f():\n    return 1"


def test_every_file_that_cells_include_is_told(tmp_path, root, page_text):
    (root / "other.py").write_text("LIMIT = 1\n", encoding="utf-8")
    cells = [
        f"```{{code-cell}} ipython3\n# %include {what}\n```\n" for what in ("toy f", "other LIMIT")
    ]
    _, files, included = reader.parse(page_text("\n".join(cells)), tmp_path / "page.md", root)
    assert files == [root / "toy.py", root / "other.py"]
    assert included == {0: [("toy", "f", "function")], 1: [("other", "LIMIT", "")]}


def test_a_cell_inside_another_block_is_none(page_text):
    cell = "```{code-cell} ipython3\nx = 1\n```\n"
    notebook = reader.read_written(page_text(f":::{{note}}\n{cell}:::\n\n$$\n{cell}$$\n\n{cell}"))
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"]


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


def test_other_pages_show_all_of_a_page_but_its_paragraphs(tmp_path):
    page = tmp_path / "page.md"
    kept = "---\nbookkit: {}\n---\n(sec-a)=\n# A\n:::{fold} F\n:::\n```{code-cell}\nx = 1\n\n```"
    page.write_text(kept.replace("# A\n", "# A\nA sentence.\n\n- An item.\n") + "\nThe end.\n")
    assert reader.without_prose(page) == kept
    page.write_text(kept.replace("x = 1", "x = 2"))
    assert reader.without_prose(page) != kept


def test_a_page_is_parsed_once_and_each_caller_has_a_copy():
    one, two = (reader.read_written("# A\n\n```{code-cell} ipython3\n1\n```\n") for _ in range(2))
    one.cells[1].source = "2"
    assert two.cells[1].source == "1"
