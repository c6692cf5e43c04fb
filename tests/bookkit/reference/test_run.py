"""Reference runs: each saved at once, and never mixed with runs of another kind."""

import datetime
import hashlib
import json
import os
import platform
import re
import sys
from types import SimpleNamespace

import pytest

from bookkit.data import Dataset, DataView
from bookkit.errors import BookError
from bookkit.reference import results
from bookkit.reference import run as reference
from bookkit.running import packages
from recipes import Recipe

FULL = Dataset("digits", "full", "f0" * 32)
PLAIN = {"epochs": 2}


def train(seed, *, epochs):
    return {"test_accuracy": epochs + seed / 10, "parameters": 7}


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """Replace the training by a table of what each run returns, and note what was asked for."""
    asked = []

    def run(task, recipe, seed, folder):
        asked.append((task, recipe, seed, folder))
        if (recipe, seed) in run.failing:
            raise BookError(f"{recipe}, seed {seed}: the run failed with code 9")
        return {"seed": seed, "metrics": {"f1": seed / 10 + run.offset}, "wall_s": 1.5}

    run.failing, run.offset, run.asked = set(), 0.0, asked
    monkeypatch.setattr(reference, "_in_subprocess", run)
    recipes = [Recipe("plain", PLAIN, train), Recipe("wide", {"epochs": 4}, train)]
    monkeypatch.setattr(reference, "TASKS", {"digits": ("digits", recipes), "other": ("x", [])})
    use_data(monkeypatch, FULL)
    return run


def use_data(monkeypatch, *datasets):
    view = DataView(folder="full data", datasets={one.name: one for one in datasets})

    def resolve(variant):
        assert variant == "full"
        return view

    monkeypatch.setattr(reference.data, "resolve", resolve)


def use_recipe(monkeypatch, *recipes):
    monkeypatch.setattr(reference, "TASKS", {"digits": ("digits", list(recipes))})


def stored(folder):
    """Return `{recipe: {seed: f1}}` from the file of results."""
    document = json.loads((folder / "digits.json").read_text(encoding="utf-8"))
    found = {
        one["name"]: {run["seed"]: run["metrics"]["f1"] for run in one["runs"]}
        for one in document["recipes"]
    }
    assert [len(one["runs"]) for one in document["recipes"]] == list(map(len, found.values()))
    return found


def test_every_recipe_runs_with_every_seed(runs, tmp_path, capsys):
    folder = tmp_path / "results"
    assert reference.run_task("digits", [1, 0], folder) == folder / "digits.json"
    assert runs.asked == [
        ("digits", recipe, seed, "full data") for recipe in ("plain", "wide") for seed in (1, 0)
    ]
    assert stored(folder) == {"plain": {0: 0.0, 1: 0.1}, "wide": {0: 0.0, 1: 0.1}}
    assert capsys.readouterr().out.splitlines()[:2] == [
        "reference: digits, plain, seed 1 ...",
        "reference: plain, seed 1: f1 0.1000 after 2 s",
    ]


def test_the_file_holds_the_origin_of_the_runs(runs, tmp_path):
    reference.run_task("digits", [0], tmp_path)
    document = json.loads((tmp_path / "digits.json").read_text(encoding="utf-8"))
    assert list(document) == ["task", "data", "environment", "date", "commit", "recipes"]
    assert document["task"] == "digits"
    assert document["data"] == {"name": "digits", "variant": "full", "sha256": "f0" * 32}
    assert document["environment"].keys() == {
        *packages.package_versions(),
        "python",
        "cpu",
        "cores",
    }
    assert document["environment"]["cores"] == os.cpu_count()
    assert datetime.date.fromisoformat(document["date"])
    assert re.fullmatch(r"unknown|[0-9a-f]{7,}(-modified)?", document["commit"])
    assert document["recipes"][0] == {
        "name": "plain",
        "parameters": {"epochs": 2},
        "code": reference.code_of(Recipe("plain", PLAIN, train)),
        "runs": [{"seed": 0, "metrics": {"f1": 0.0}, "wall_s": 1.5}],
        "scored": {"runs": 1, "versions": 1},
    }
    # what is written is what prose quotes
    assert results.quote("digits/wide/f1/mean:.1f", tmp_path) == "0.0"


def test_what_finished_before_a_failure_is_kept(runs, tmp_path):
    runs.failing.add(("plain", 1))
    with pytest.raises(BookError, match=r"^plain, seed 1: the run failed with code 9$"):
        reference.run_task("digits", [0, 1, 2], tmp_path)
    assert stored(tmp_path) == {"plain": {0: 0.0}}
    runs.failing.clear()
    reference.run_task("digits", [1, 2], tmp_path)
    assert stored(tmp_path) == {"plain": {0: 0.0, 1: 0.1, 2: 0.2}, "wide": {1: 0.1, 2: 0.2}}


def test_a_seed_that_runs_again_replaces_its_old_run(runs, tmp_path):
    reference.run_task("digits", [0, 1], tmp_path)
    runs.offset = 5.0
    reference.run_task("digits", [1], tmp_path)
    assert stored(tmp_path) == {"plain": {0: 0.0, 1: 5.1}, "wide": {0: 0.0, 1: 5.1}}


def test_other_parameters_drop_the_old_runs_of_that_recipe_alone(runs, tmp_path, monkeypatch):
    reference.run_task("digits", [0, 1], tmp_path)
    use_recipe(monkeypatch, Recipe("plain", {"epochs": 3}, train))
    reference.run_task("digits", [2], tmp_path)
    assert stored(tmp_path) == {"plain": {2: 0.2}, "wide": {0: 0.0, 1: 0.1}}


@pytest.mark.parametrize("known", [True, False])
def test_runs_of_other_or_unknown_code_are_dropped_and_named(
    runs, tmp_path, monkeypatch, capsys, known
):
    reference.run_task("digits", [0, 1, 2], tmp_path)
    assert "dropped" not in capsys.readouterr().out
    if known:
        monkeypatch.setattr(reference, "code_of", lambda recipe: "0" * 12)
    else:  # as files of before have it
        document = json.loads((tmp_path / "digits.json").read_text())
        for entry in document["recipes"]:
            del entry["code"]
        (tmp_path / "digits.json").write_text(json.dumps(document))
    reference.run_task("digits", [1], tmp_path)
    assert stored(tmp_path) == {"plain": {1: 0.1}, "wide": {1: 0.1}}
    said = [line for line in capsys.readouterr().out.splitlines() if "dropped" in line]
    assert said == [
        f"reference: {name}: seeds 0, 2 ran other code or parameters and are dropped; "
        "run them again"
        for name in ("plain", "wide")
    ]


def test_the_code_of_a_recipe_is_its_module_and_all_of_kerasbook_that_it_leads_to(
    tmp_path, monkeypatch
):
    sources = {
        "recipe.py": "def run(seed):\n    from kerasbook import a\n",
        "kerasbook/a.py": "from kerasbook.part.b import c\n",
        "kerasbook/part/b.py": "import json\n\nc = 1\n",
        "kerasbook/part/d.py": "e = 1\n",
    }
    (tmp_path / "kerasbook" / "part").mkdir(parents=True)
    for name, source in sources.items():
        (tmp_path / name).write_text(source)
    monkeypatch.setattr(reference, "CODE", tmp_path)
    defined = {}
    exec(compile(sources["recipe.py"], tmp_path / "recipe.py", "exec"), defined)
    recipe = Recipe("plain", {}, defined["run"])
    before, changing = reference.code_of(recipe), {}
    for name, source in sources.items():
        (tmp_path / name).write_text(source + "other = 1\n")
        changing[name] = reference.code_of(recipe) != before
        (tmp_path / name).write_text(source)
    assert reference.code_of(recipe) == before
    assert changing == dict.fromkeys(sources, True) | {"kerasbook/part/d.py": False}


def test_every_run_that_scores_the_test_set_is_counted(runs, tmp_path, monkeypatch, capsys):
    def counted():
        recipes = results.load("digits", tmp_path)["recipes"]
        return {one["name"]: one["scored"] for one in recipes}

    reference.run_task("digits", [0, 1], tmp_path)
    reference.run_task("digits", [1], tmp_path)  # once more: the labels were looked at once more
    assert "test set" not in capsys.readouterr().out
    assert counted() == {name: {"runs": 3, "versions": 1} for name in ("plain", "wide")}
    use_recipe(monkeypatch, Recipe("plain", {"epochs": 3}, train))
    reference.run_task("digits", [0, 1], tmp_path)
    said = [line for line in capsys.readouterr().out.splitlines() if "test set" in line]
    assert said == [
        "reference: plain: its test set was scored in 3 runs of 1 other versions of this recipe "
        "before; counted"
    ]
    assert counted() == {
        "plain": {"runs": 5, "versions": 2},
        "wide": {"runs": 3, "versions": 1},
    }
    # the scores of the version before, once: a run that was repeated is the same run
    earlier = [one.get("earlier") for one in results.load("digits", tmp_path)["recipes"]]
    assert earlier == [[0.0, 0.1], None]


def test_what_was_counted_by_hand_outlives_the_runs(runs, tmp_path):
    reference.run_task("digits", [0], tmp_path)
    document = results.load("digits", tmp_path)
    history = {"counted_since": "2026-01-31", "former": {"runs": 4, "versions": 2}}
    (tmp_path / "digits.json").write_text(json.dumps(document | history))
    reference.run_task("digits", [1], tmp_path)
    document = results.load("digits", tmp_path)
    assert {key: document[key] for key in history} == history
    # two runs of each recipe are shown, and the four of the former recipe are not
    assert results.scored(document) == (4, 4)
    assert results.scored(document, ["wide"]) == (2, 0)


def test_a_task_without_a_test_set_counts_nothing(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "WITHOUT_TEST_SET", {"digits"})
    reference.run_task("digits", [0], tmp_path)
    assert all("scored" not in one for one in results.load("digits", tmp_path)["recipes"])


def test_what_changes_no_result_changes_no_hash(tmp_path, monkeypatch):
    """Docstrings and comments may change; a string that runs may not, even one like a comment."""
    monkeypatch.setattr(reference, "CODE", tmp_path)
    source = '"""Train."""\n\ndef run(seed):\n    """Run."""\n    return f"""\n# {seed}\n"""  # ①\n'

    def hashed(text):
        (tmp_path / "recipe.py").write_text(text, encoding="utf-8")
        defined = {}
        exec(compile(text, tmp_path / "recipe.py", "exec"), defined)
        return reference.code_of(Recipe("plain", {}, defined["run"]))

    kept = hashed(source)
    for old, new in (("Train.", "Train\nlong."), ("Run.", "Go."), ("  # ①", "\n    # so")):
        assert hashed(source.replace(old, new)) == kept
    for old, new in (("# {seed}", "# seed"), ("run(seed)", "run(seed, more=1)")):
        assert hashed(source.replace(old, new)) != kept


def test_two_recipes_that_import_one_another_share_their_code(tmp_path, monkeypatch):
    folder = tmp_path / "recipes"
    folder.mkdir()
    siblings = {
        "a": "def run(seed):\n    from recipes import b, c\n",
        "b": "def run(seed):\n    from recipes.a import run\n",
        "c": "def read():\n    from kerasbook import d\n",
        "alone": "def run(seed):\n    from bookkit.errors import BookError\n",
    }
    others = {"kerasbook/d.py": "e = 1\n", "bookkit/errors.py": "f = 1\n"}
    files = {folder / f"{name}.py": source for name, source in siblings.items()}
    files |= {tmp_path / name: source for name, source in others.items()}
    for name in ("kerasbook", "bookkit"):
        (tmp_path / name).mkdir()
    for path, source in files.items():
        path.write_text(source)
    monkeypatch.setattr(reference, "CODE", tmp_path)

    def hashes():
        found = {}
        for name in ("a", "b", "alone"):
            defined = {}
            exec(compile(siblings[name], folder / f"{name}.py", "exec"), defined)
            found[name] = reference.code_of(Recipe(name, {}, defined["run"]))
        return found

    before, changing = hashes(), {}
    assert before["a"] == before["b"]  # each leads to all that the other leads to
    for path, source in files.items():
        path.write_text(source + "other = 1\n")
        changing[path.stem] = {name for name, found in hashes().items() if found != before[name]}
        path.write_text(source)
    expected = {name: {"a", "b"} for name in "abcd"} | {"alone": {"alone"}, "errors": set()}
    assert changing == expected


def test_runs_on_another_machine_than_the_last_say_where_they_were(runs, tmp_path, monkeypatch):
    def machine(cpu, cores):
        environment = {"python": "3.11", "cpu": cpu, "cores": cores}
        monkeypatch.setattr(reference, "environment_of", lambda task: environment)

    machine("Fast", 8)
    reference.run_task("digits", [0, 1], tmp_path)
    machine("Slow", 2)
    reference.run_task("digits", [1], tmp_path)
    machine("Fast", 4)
    reference.run_task("digits", [2], tmp_path)
    document = results.load("digits", tmp_path)
    assert document["environment"] == {"python": "3.11", "cpu": "Fast", "cores": 4}
    found = [
        [(run.get("cpu"), run.get("cores")) for run in one["runs"]] for one in document["recipes"]
    ]
    assert found == [[("Fast", 8), ("Slow", 2), (None, None)]] * 2


def test_a_node_runs_on_the_same_data_and_says_what_ran_where(monkeypatch, tmp_path):
    use_recipe(monkeypatch, Recipe("plain", PLAIN, train))
    (tmp_path / "digits.csv").write_text("7\n")
    monkeypatch.setattr(reference, "DATASETS", {"digits": SimpleNamespace(entry="digits.csv")})
    monkeypatch.setenv("KERASBOOK_DATA", str(tmp_path))
    line = f"{hashlib.sha256(b'7' + bytes([10])).hexdigest()}  digits.csv\n"  # as of `sha256sum`
    dataset = Dataset("digits", "full", hashlib.sha256(line.encode()).hexdigest())
    code, environment, run = reference.run_on_node("digits", "plain", 3, dataset)
    assert code == reference.code_of(Recipe("plain", PLAIN, train))
    assert environment == reference.environment_of("digits")
    assert run["metrics"] == {"test_accuracy": 2.3, "parameters": 7}

    for folder in (tmp_path / "elsewhere", tmp_path):
        monkeypatch.setenv("KERASBOOK_DATA", str(folder))
        (tmp_path / "digits.csv").write_text("8\n")
        with pytest.raises(BookError) as caught:
            reference.run_on_node("digits", "plain", 3, dataset)
        assert str(caught.value) == (
            f"on node {platform.node()}, {folder} does not hold the same digits: the clone must "
            "lie at the same path on every node, as on a shared file system"
        )


@pytest.mark.parametrize("changed", ["sha256", "name"])
def test_other_data_drop_every_old_run(runs, tmp_path, monkeypatch, changed):
    reference.run_task("digits", [0, 1], tmp_path)
    if changed == "sha256":
        use_data(monkeypatch, Dataset("digits", "full", "e1" * 32))
    else:
        use_data(monkeypatch, Dataset("figures", "full", "f0" * 32))
        recipes = [Recipe("plain", PLAIN, train)]
        monkeypatch.setattr(reference, "TASKS", {"digits": ("figures", recipes)})
    reference.run_task("digits", [2], tmp_path)
    assert stored(tmp_path)["plain"] == {2: 0.2}
    assert all(0 not in one for one in stored(tmp_path).values())


def test_an_unknown_task_lists_the_tasks(runs, tmp_path):
    with pytest.raises(BookError) as caught:
        reference.run_task("digit", [0], tmp_path)
    assert str(caught.value) == "TASK is one of: digits, other. Received: TASK='digit'"


def test_an_unknown_engine_lists_the_engines(runs, tmp_path):
    with pytest.raises(BookError) as caught:
        reference.run_task("digits", [0], tmp_path, "foo")
    assert str(caught.value) == "ENGINE is one of: local, ray. Received: ENGINE='foo'"
    assert runs.asked == []


@pytest.mark.parametrize("datasets", [[Dataset("digits", "sample", "a1" * 32)], []])
def test_without_the_full_data_nothing_runs(runs, tmp_path, monkeypatch, datasets):
    use_data(monkeypatch, *datasets)
    with pytest.raises(BookError) as caught:
        reference.run_task("digits", [0], tmp_path)
    assert str(caught.value) == "a reference run needs the full digits: run `make data` first"
    assert runs.asked == []
    assert list(tmp_path.iterdir()) == []


def test_a_kill_while_writing_leaves_the_old_file(runs, tmp_path, monkeypatch):
    reference.run_task("digits", [0], tmp_path)
    before = (tmp_path / "digits.json").read_bytes()
    write = type(tmp_path).write_text

    def killed(path, text, **settings):
        write(path, text[: len(text) // 2], **settings)
        raise KeyboardInterrupt

    monkeypatch.setattr(type(tmp_path), "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        reference.run_task("digits", [1], tmp_path)
    monkeypatch.undo()
    assert (tmp_path / "digits.json").read_bytes() == before
    assert results.load("digits", tmp_path)["task"] == "digits"


def test_one_run_returns_its_seed_its_metrics_and_its_time(monkeypatch, tmp_path):
    use_recipe(monkeypatch, Recipe("plain", PLAIN, train), Recipe("wide", {"epochs": 4}, train))
    run = reference.run_one("digits", "wide", 3, tmp_path)
    assert 0 <= run.pop("wall_s") < 1
    assert 0 <= run.pop("cpu_s") < 1
    assert run == {"seed": 3, "metrics": {"test_accuracy": 4.3, "parameters": 7}}


def test_a_recipe_that_keeps_files_is_told_where(monkeypatch, tmp_path):
    def draw(seed, *, epochs, folder):
        folder.mkdir()
        (folder / f"seed-{seed}.txt").write_text(str(epochs))
        return {"f1": 1.0}

    use_recipe(monkeypatch, Recipe("drawn", PLAIN, draw, keeps_files=True))
    assert reference.run_one("digits", "drawn", 4, tmp_path)["metrics"] == {"f1": 1.0}
    assert (tmp_path / "digits" / "seed-4.txt").read_text() == "2"


@pytest.mark.parametrize(
    ("code", "out", "result"),
    [
        (0, 'Epoch 1\n{"seed": 3, "wall_s": 1.0}\n', {"seed": 3, "wall_s": 1.0}),
        (-9, "Epoch 1\n", BookError("plain, seed 3: the run failed with code -9")),
    ],
)
def test_a_run_has_a_process_of_its_own(monkeypatch, tmp_path, code, out, result):
    called = {}

    def run(command, *, env, **settings):
        called.update(command=command, env=env)
        return SimpleNamespace(returncode=code, stdout=out)

    monkeypatch.setattr(reference.subprocess, "run", run)
    if isinstance(result, BookError):
        with pytest.raises(BookError, match=f"^{result}$"):
            reference._in_subprocess("digits", "plain", 3, tmp_path)
    else:
        assert reference._in_subprocess("digits", "plain", 3, tmp_path) == result
    expected = [sys.executable, "-m", "bookkit", "reference-run", "digits", "plain", "3"]
    assert called["command"] == expected
    assert called["env"]["KERASBOOK_DATA"] == str(tmp_path)
    assert called["env"]["KERAS_BACKEND"] == "tensorflow"


def test_a_task_about_few_data_reads_the_sample(runs, monkeypatch, tmp_path):
    asked = []

    def resolve(variant):
        asked.append(variant)
        return DataView(folder=variant, datasets={"digits": Dataset("digits", variant, "aa" * 32)})

    monkeypatch.setattr(reference.data, "resolve", resolve)
    monkeypatch.setattr(reference, "ON_SAMPLE", {"digits"})
    reference.run_task("digits", [0], tmp_path)
    assert asked == ["sample"]
    assert {folder for *_, folder in runs.asked} == {"sample"}
    document = json.loads((tmp_path / "digits.json").read_text(encoding="utf-8"))
    assert document["data"]["variant"] == "sample"


def test_tasks_on_the_sample_are_tasks():
    assert reference.TASKS.keys() >= reference.ON_SAMPLE


def test_each_task_of_the_book_names_a_dataset_and_recipes_that_differ():
    from bookkit.data.registry import DATASETS

    for dataset, recipes in reference.TASKS.values():
        assert dataset in DATASETS
        names = [recipe.name for recipe in recipes]
        assert len(set(names)) == len(names) > 0
