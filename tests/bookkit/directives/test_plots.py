"""Reference results as a figure, in every format."""

import base64
import json
import re
import zipfile

import pytest

PLOT = """
:::{{result-plot}} digits
:name: fig-reached
:x: parameters
:y: test_accuracy
{more}:alt: Two points

What they *reached*.
:::
"""
FACTS = pytest.mark.parametrize(
    ("language", "name", "metric"),
    [("en", "The improved network", "Parameters"), ("zh", "改进的网络", "参数量")],
)
PUBLISHED = {
    "task": "others",
    "recipes": [
        {
            "name": "theirs",
            "runs": [{"seed": 0, "metrics": {"test_accuracy": 0.8, "parameters": 9}}],
        }
    ],
}


def write(book, more=""):
    for language in ("en", "zh"):
        page = book.folder / language / "part" / "second.md"
        text = page.read_text(encoding="utf-8").partition("\n:::{result-plot}")[0]
        page.write_text(text + PLOT.format(more=more), encoding="utf-8")
    (book.folder / "results" / "others.json").write_text(json.dumps(PUBLISHED), encoding="utf-8")


@pytest.fixture(scope="module")
def plotted(make_book, tmp_path_factory):
    book = make_book(tmp_path_factory.mktemp("plotted"))
    write(book)
    book.execute()
    for language in ("en", "zh"):
        for builder in ("html", "notebook", "twin", "epub", "latex"):
            assert book.build(language, builder).warning.getvalue() == ""
    return book


@FACTS
def test_the_site_draws_it_inline_in_a_numbered_figure(plotted, language, name, metric, tags):
    text = plotted.article(language, "part/second")
    (figure,) = tags(text).all("figure", id="fig-reached")
    (svg,) = figure.find_all("svg")
    assert (svg["class"], svg["aria-label"]) == (["diagram"], "Two points")
    said = [word.get_text() for word in svg.find_all("text")]
    assert said[-2:] == ["plain", name]
    assert metric in said
    assert figure.find(class_="caption-text").get_text().startswith("What they reached.")
    assert len(svg.find_all(class_="dot")) == 2
    # Two seeds, 0.5 and 0.75: the deviation is drawn; the other recipe ran once.
    assert len(svg.find_all("line", class_="stroke-1")) == 1
    assert svg.find_all("line", class_="stroke-2") == []


@FACTS
def test_other_formats_get_a_file(plotted, language, name, metric):
    out = plotted.folder / "out" / language
    notebook = (out / "notebook/part/second.ipynb").read_text(encoding="utf-8")
    cells = ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]
    (cell,) = [cell for cell in cells if "fig-reached" in cell]
    found = re.search(r'alt="Two points" src="data:image/svg\+xml;base64,(.*?)"', cell)[1]
    assert name in base64.b64decode(found).decode()
    with zipfile.ZipFile(out / f"epub/keras-book-{language}.epub") as archive:
        pictures = [each for each in archive.namelist() if "fig-reached" in each]
        assert name in archive.read(pictures[0]).decode()
    tex = (out / f"latex/keras-book-{language}.tex").read_text(encoding="utf-8")
    assert re.search(r"\\sphinxincludegraphics\[?.*?\{\{fig-reached-\w+\}\.pdf\}", tex)
    (twin,) = (out / "twin").rglob("second*.md")
    text = twin.read_text(encoding="utf-8")
    assert "Two points" in text
    assert "What they *reached*" in text


def test_results_of_others_are_added(make_book, tmp_path, tags):
    book = make_book(tmp_path / "book")
    write(book, ":recipes: improved-network\n:published: others\n:log:\n")
    book.execute()
    app = book.build("en")
    assert app.warning.getvalue() == ""
    (svg,) = tags(book.article("en", "part/second")).find(id="fig-reached").find_all("svg")
    assert [word.get_text() for word in svg.find_all("text")][-2:] == [
        "The improved network", "theirs",
    ]  # fmt: skip
    assert [mark["class"] for mark in svg.find_all("circle")] == [
        ["box", "muted"], ["dot", "stroke-1"],
    ]  # fmt: skip
    depends = {path.name for path in map(type(tmp_path), app.env.dependencies["part/second"])}
    assert {"digits.json", "others.json", "diagram.css"} <= depends


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (" digits", " letters", "result-plot: no results of 'letters' (known: "),
        (":x: parameters", ":x: size", "result-plot: no metric 'size'; there are: test_accuracy"),
        (":alt:", ":recipes: plane\n:alt:", "result-plot: no recipe 'plane'; there are: plain"),
        (":x: parameters\n", "", "result-plot needs :name:, :x:, :y:, :alt: and a caption"),
        (":published: others", ":published: none", "result-plot: no results of 'none'"),
    ],
)
def test_what_is_missing_is_named(make_book, tmp_path, old, new, problem):
    book = make_book(tmp_path / "book")
    write(book, ":published: others\n")
    page = book.folder / "en" / "part" / "second.md"
    before, plot, after = page.read_text(encoding="utf-8").partition("\n:::{result-plot}")
    page.write_text(before + plot + after.replace(old, new, 1), encoding="utf-8")
    book.execute()
    assert problem in book.build("en").warning.getvalue()


def test_metrics_with_numbers_are_a_curve(make_book, tmp_path, tags):
    book = make_book(tmp_path / "book")
    write(book, ":curves:\n:recipes: bags\n")
    runs = [
        {"seed": seed, "metrics": {"test_accuracy_1000": 0.9, "test_accuracy_20": value, "best": 1}}
        for seed, value in enumerate((0.4, 0.6))
    ]
    path = book.folder / "results" / "digits.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["recipes"].append({"name": "bags", "runs": runs})
    path.write_text(json.dumps(document), encoding="utf-8")
    book.execute()
    app = book.build("en")
    assert "result-plot" not in app.warning.getvalue()
    (svg,) = tags(book.article("en", "part/second")).find(id="fig-reached").find_all("svg")
    assert len(svg.find_all(class_="dot")) == 2
    assert [word.get_text() for word in svg.find_all("text")][-1] == "bags"
    (line,) = svg.find_all("path", class_="stroke-1")
    assert line["d"].count(" L ") == 1
    assert len(svg.find_all("line", class_="stroke-1")) == 1  # the deviation of 0.4 and 0.6


def test_a_curve_without_numbers_is_an_error(make_book, tmp_path):
    book = make_book(tmp_path / "book")
    write(book, ":curves:\n")
    book.execute()
    assert "no metric test_accuracy_NUMBER of" in book.build("en").warning.getvalue()
