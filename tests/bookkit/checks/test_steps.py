"""Small steps: each limit kept, and broken by one."""

import pytest

from bookkit.checks import cells, steps

HEAD = "(sec-a)=\n# A\n\n"
MODULE = "def long():\n" + "\n".join(f"    x{n} = {n}" for n in range(24)) + "\n"
FOLD = ":::{fold} What it does.\n:::\n"


def cell(lines, mark=""):
    source = "\n".join([f"x = 1{mark}"] * lines)
    return f"```{{code-cell}} ipython3\n{source}\n```\n\n"


@pytest.fixture
def book(project):
    """Return a function that writes one page in both languages."""

    def write(body):
        files = {f"book/{language}/a.md": HEAD + body for language in ("zh", "en")}
        return project({"code/lib/toy.py": MODULE, "code/lib/__init__.py": ""} | files)

    return write


def test_a_cell_in_sight_has_25_lines_at_most(book):
    short = cell(1) * 600
    assert list(steps.small(book(short + cell(25)))) == []
    (problem,) = steps.small(book(short + cell(26)))
    assert problem.startswith("book/zh/a.md:2405: 26 lines of code in sight, 25 at most: divide it")


def test_what_a_cell_includes_is_in_sight(book):
    included = "```{code-cell} ipython3\n# %include lib.toy long\nlong()\n```\n\n"
    (problem,) = steps.small(book(cell(1) * 600 + included))
    assert "26 lines of code in sight" in problem


def test_folded_and_removed_cells_are_not_counted(book):
    removed = cell(40).replace("ipython3\n", "ipython3\n:tags: [remove-cell]\n")
    page = book(cell(3) + FOLD + cell(40) + removed)
    assert list(steps.small(page)) == []
    assert steps.measure(page.trees["zh"]["a"]).lines == (3,)


def test_the_short_way_has_limits_of_its_own(book):
    page = book("(sec-a-short)=\n## The short way\n\n" + cell(24) + "Words.\n\n" + cell(3))
    assert steps.measure(page.trees["zh"]["a"]).lines == (3,)
    assert list(cells.length(page)) == []


def test_prose_below_a_fold_shows_the_cell_again(book):
    page = book(FOLD + "\nWords.\n\n" + cell(3))
    assert steps.measure(page.trees["zh"]["a"]).lines == (3,)


def test_half_of_the_cells_have_8_lines_at_most(book):
    assert list(steps.small(book(cell(8) + cell(8) + cell(20)))) == []
    (problem,) = steps.small(book(cell(8) + cell(9) + cell(20)))
    assert problem == (
        "book/zh/a.md:1: half of the cells have more than 9 lines, 8 at most:"
        " divide cells, prose between them"
    )


def test_a_twentieth_of_the_code_may_stand_in_cells_over_20_lines(book):
    assert list(steps.small(book(cell(21) + cell(1) * 399))) == []
    (problem,) = steps.small(book(cell(21) + cell(1) * 300))
    assert problem == (
        "book/zh/a.md:1: 7% of the code in sight stands in cells over 20 lines, 5% at most:"
        " divide them"
    )


def test_a_page_has_a_figure_for_1000_words(book):
    figure = "```{cell-figure}\n:alt: a dot\n\nA dot.\n```\n\n"
    body = cell(1) + "word " * 1999
    assert list(steps.figures(book(f"{body}\n\n{figure * 2}"))) == []
    (problem,) = steps.figures(book(body))
    assert problem == (
        "book/en/a.md:1: 0 figures for 2000 words, 2 at least: draw what a reader should see"
    )


def test_formulas_code_roles_and_addresses_are_no_words(book):
    body = r"One $\frac{a b}{c}$ two `x y` {term}`three` [link](#sec-to) don't" + "\n"
    assert steps.measure(book(body).trees["en"]["a"]).words == 5


def test_a_page_has_a_row_of_what_a_reader_sees_at_once(book):
    head, row = steps.table(book(cell(99) + "word " * 999)).splitlines()
    assert head == f"{'page':36} cells longest median  >20 words figures"
    assert row == f"{'a':36}     1      99     99 100%  1000       0"


def test_a_page_without_a_cell_in_sight_has_a_row_too(book):
    row = steps.table(book(FOLD + cell(3))).splitlines()[1]
    assert row == f"{'a':36}     0       0      0   0%     4       0"


def test_marked_lines_are_explained_in_order(book):
    marked = cell(1, "  # ①").replace("x = 1", "y = 2\nx = 1")
    assert list(steps.callouts(book(f"{marked}\n- ① what it does\n"))) == []
    zh, en = steps.callouts(book(f"{marked}\nNothing.\n"))
    assert zh == (
        "book/zh/a.md:5: lines marked ①, explained below nowhere: end lines in `# ①` and"
        " explain each in a list, `- ① …`, below the cell"
    )
    assert en.startswith("book/en/a.md:5:")
    wrong = next(steps.callouts(book(cell(2, "  # ①") + "- ① one\n- ② two\n")))
    assert "lines marked ① ①, explained below ① ②: " in wrong
    assert "marked nowhere, explained below ①" in next(
        steps.callouts(book(cell(1) + "- ① what is not there\n"))
    )
