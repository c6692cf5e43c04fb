"""Links from cells to tests."""

import re


def test_only_the_web_page_links_a_cell_to_the_tests_of_what_it_includes(built_book, tags):
    text = built_book.article("en", "first")
    (link,) = re.findall(r'<p class="cell-tests">(.*?)</p>', text)
    assert tags(link).all("a")[0]["href"] == "../tests/toy.html#double"
    assert link.endswith(">Test of this function</a>")
    # below the code and above what it printed
    cell = text[: text.index("42 11")]
    assert cell.rindex("cell_input") < cell.index("cell-tests") < cell.rindex("cell_output")
    for builder in ("notebook", "latex"):
        files = (built_book.folder / "out" / "en" / builder).rglob("*")
        texts = [file.read_text(errors="replace") for file in files if file.is_file()]
        assert any("First things" in each for each in texts)
        assert not any("Test of this function" in each for each in texts)
