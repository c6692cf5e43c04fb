"""Scripts and files with programs: what pages ask for when a reader copies."""

import json

import pytest

from bookkit.web import programs

TOY = "import keras\n\nTWO = 2\n\n\ndef double(value):\n    return TWO * value\n\n\n" + (
    "def build():\n    return keras.Sequential()\n"
)
CELL = "```{{code-cell}} ipython3\n{}\n```\n"


@pytest.fixture
def tree(tmp_path, page_text):
    """Write two pages, of which one includes code, and a function that reads its script."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "toy.py").write_text(TOY)
    (tmp_path / "pages" / "part").mkdir(parents=True)
    cells = [
        "import os\n\nos.environ[\"KERAS_BACKEND\"] = 'jax'",
        "# %include toy double TWO",
        'os.environ["KERAS_BACKEND"] = "torch"  # too late',
        "# %include toy build",
        "double(2)",
    ]
    text = page_text("# One\n\n" + "\n".join(map(CELL.format, cells)))
    (tmp_path / "pages" / "part" / "one.md").write_text(text)
    (tmp_path / "pages" / "two.md").write_text(page_text("# Two\n"))
    return tmp_path / "pages"


def script(tree):
    return programs.script_of("part/one", tree / "part" / "one.md", tree.parent / "code")


def test_a_page_has_a_program_for_each_cell_and_each_function(tree):
    found = script(tree).programs
    assert list(found) == ["double TWO", "build", "double"]
    assert found["double TWO"] == found["double"]
    scope = {}
    exec(found["double"], scope)
    assert scope["double"](3) == 6


def test_programs_with_keras_name_the_backend_that_the_page_names_first(tree):
    found = script(tree).programs
    assert 'setdefault("KERAS_BACKEND", "jax")' in found["build"]
    assert "# pip install jax keras\n" in found["build"]
    assert "KERAS_BACKEND" not in found["double"]


def test_a_script_hands_its_programs_over_and_has_another_address_when_one_changes(tree):
    before = script(tree)
    head, _, rest = before.text.partition(" = ")
    assert head == '(window.bookPrograms ??= {})["part/one"]'
    assert json.loads(rest.removesuffix(";\n")) == before.programs
    (tree.parent / "code" / "toy.py").write_text(TOY.replace("TWO = 2", "TWO = 1 + 1"))
    after = script(tree)
    assert after.address != before.address
    assert after.address.split("?")[0] == "programs/part/one.js"


def test_programs_stand_in_a_script_a_page_and_a_file_a_function(tree, tmp_path):
    folder = tmp_path / "site" / "programs"
    programs.write(folder, tree, tmp_path / "code")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"part/one.js", "double.py", "build.py", programs.STAMP}
    assert (folder / "part" / "one.js").read_text() == script(tree).text
    assert (folder / "double.py").read_text() == script(tree).programs["double"]


@pytest.mark.parametrize("changed", ["code/toy.py", "pages/part/one.md"])
def test_programs_are_written_again_only_when_something_changed(tree, tmp_path, changed):
    folder = tmp_path / "programs"
    programs.write(folder, tree, tmp_path / "code")
    (folder / "stale.py").touch()
    programs.write(folder, tree, tmp_path / "code")
    assert (folder / "stale.py").exists()
    with (tmp_path / changed).open("a") as file:
        file.write("\n")
    programs.write(folder, tree, tmp_path / "code")
    assert not (folder / "stale.py").exists()
