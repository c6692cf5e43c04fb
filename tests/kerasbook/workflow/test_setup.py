"""What packages require and weigh, and the check whose result is known."""

import importlib.metadata
import inspect
import json
import platform
from pathlib import Path

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from packaging.requirements import Requirement

from kerasbook.grading import grade
from kerasbook.isolation import run_without
from kerasbook.workflow import setup as page


def fake(monkeypatch, requirements, sizes=None):
    """Let `importlib.metadata` know nothing but these packages."""

    def requires(name):
        if name not in requirements:
            raise importlib.metadata.PackageNotFoundError(name)
        return requirements[name]

    class File:
        def __init__(self, size):
            self.size = size

    def files(name):
        return [File(size) for size in sizes[name]] if name in sizes else None

    monkeypatch.setattr(importlib.metadata, "requires", requires)
    monkeypatch.setattr(importlib.metadata, "files", files)


def test_requirements_are_told_from_extras(monkeypatch):
    lines = [
        "NumPy>=2",
        "ml_dtypes<1.0,>=0.5",
        'colorama; sys_platform == "win32"',
        'nvidia-nccl-cu12<3.0; extra == "and-cuda"',
        "shiny ; python_version < '4' and extra == 'plots'",
        'me[plots]; extra == "all"',
    ]
    fake(monkeypatch, {"me": lines, "alone": None})
    assert page.required_packages("me") == ["colorama", "ml-dtypes", "numpy"]
    assert page.required_packages("me", extra="and-cuda") == ["nvidia-nccl-cu12"]
    assert page.required_packages("me", extra="plots") == ["shiny"]
    assert page.required_packages("me", extra="all") == []
    assert page.required_packages("me", extra="none") == []
    assert page.required_packages("alone") == []


@pytest.mark.parametrize("package", ["keras", "tensorflow", "matplotlib"])
def test_requirements_agree_with_packaging(package):
    parsed = [Requirement(line) for line in importlib.metadata.requires(package)]
    wanted = {
        each.name.lower().replace("_", "-")
        for each in parsed
        if not each.marker or "extra" not in str(each.marker)
    }
    assert page.required_packages(package) == sorted(wanted)


def test_keras_requires_numpy_and_no_backend():
    required = page.required_packages("keras")
    assert "numpy" in required
    assert not {"tensorflow", "jax", "torch", "openvino"} & set(required)
    assert "keras" in page.required_packages("tensorflow")


def test_requirements_are_followed_through_others_and_around_circles(monkeypatch):
    graph = {"a": ["b", "c"], "b": ["d", "missing"], "c": ["a"], "d": [], "other": []}
    fake(monkeypatch, graph)
    assert page.installed_together("a") == {"a", "b", "c", "d"}
    assert page.installed_together("d") == {"d"}
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        page.installed_together("missing")


def test_sizes_add_up(monkeypatch):
    fake(monkeypatch, {}, {"a": [1_000_000, None, 500_000], "b": [2_000_000]})
    assert page.installed_megabytes({"a", "b"}) == pytest.approx(3.5)
    assert page.installed_megabytes({"b", "unrecorded"}) == pytest.approx(2.0)
    assert page.installed_megabytes([]) == 0


def test_sizes_are_those_on_disk():
    folder = Path(keras.__file__).parent
    on_disk = sum(file.stat().st_size for file in folder.rglob("*.py")) / 1e6
    assert on_disk <= page.installed_megabytes(["keras"]) < 2 * on_disk


def test_bars_show_the_sizes_from_top_to_bottom():
    axis = Figure().subplots()
    page.plot_megabytes(axis, {"small": 12.4, "large": 2345.6})
    assert [bar.get_width() for bar in axis.patches] == [12.4, 2345.6]
    assert [text.get_text() for text in axis.texts] == ["12", "2,346"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["small", "large"]
    assert axis.yaxis_inverted()


def test_the_check_finds_what_the_page_derives_by_hand():
    loss, weight = page.train_one_step()
    assert loss == pytest.approx(10, abs=1e-5)
    assert weight == pytest.approx(1, abs=1e-6)


def test_the_check_would_notice_a_wrong_update(monkeypatch):
    monkeypatch.setattr(page.keras.optimizers, "SGD", lambda rate: keras.optimizers.Adam(rate))
    assert page.train_one_step()[1] == pytest.approx(0.1, abs=1e-5)


def test_an_installation_is_described():
    report = page.describe_installation()
    assert report["Python"] == platform.python_version()
    assert report["Keras"] == keras.__version__
    assert report["NumPy"] == np.__version__
    assert report["backend"] == "tensorflow"
    assert report["device"] in ("cpu:0", "gpu:0")
    assert report["float policy"] == "float32"


def test_every_feature_works_on_tensorflow():
    assert set(page.try_features().values()) == {""}


def test_a_feature_that_fails_is_one_line(monkeypatch):
    def fail():
        raise ValueError("first\nsecond")

    monkeypatch.setattr(page.keras.distribution, "list_devices", fail)
    answers = page.try_features()
    assert answers.pop("devices") == "ValueError: first"
    assert set(answers.values()) == {""}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "ModuleNotFoundError: No module named 'tensorflow'"),
        ("torch", "ModuleNotFoundError: No module named 'torch'"),
        ("numpy", "ModuleNotFoundError: No module named 'scipy'"),
        ("foo", "ValueError: Unable to import backend : foo"),
    ],
)
def test_what_keras_says_without_a_backend(value, said):
    absent = ("tensorflow", "jax", "torch", "openvino", "scipy")
    assert run_without("import keras", backend=value, hidden=absent) == said


def test_the_variable_goes_before_the_file():
    code = 'open("keras.json", "w").write(\'{"backend": "foo"}\')\nimport keras'
    assert run_without(code) == "ValueError: Unable to import backend : foo"
    hidden = ("jax",)
    said = run_without(code, backend="jax", hidden=hidden)
    assert said == "ModuleNotFoundError: No module named 'jax'"


def test_the_file_is_written_with_the_default_even_when_the_import_fails():
    code = "try:\n    import keras\nexcept ImportError:\n    print(open('keras.json').read())"
    written = json.loads(run_without(code, backend="jax", hidden=("jax",)))
    assert written["backend"] == "tensorflow"


@pytest.mark.weekly
def test_the_functions_run_on_another_backend_from_their_source():
    pytest.importorskip("jax", reason="needs the package jax")
    program = "\n".join(
        [
            "import json, platform",
            "import keras, numpy as np",
            inspect.getsource(page.try_features),
            inspect.getsource(page.train_one_step),
            inspect.getsource(page.describe_installation),
            "print(json.dumps([try_features(), *train_one_step(), describe_installation()]))",
        ]
    )
    said = run_without(program, backend="jax", hidden=("tensorflow", "torch"))
    features, loss, weight, report = json.loads(said)
    assert [name for name, error in features.items() if error] == ["text"]
    assert features["text"].startswith("ImportError: Layer TextVectorization requires TensorFlow")
    assert (loss, weight) == pytest.approx((10, 1))
    assert report["backend"] == "jax"


@pytest.mark.sampled("jax-foo-jax")
@pytest.mark.parametrize(
    ("variable", "configured", "hidden"),
    [
        (None, None, "tensorflow"),
        (None, "foo", ""),
        ("jax", "foo", "jax"),
        ("tensorflow", "jax", ""),
    ],
)
def test_keras_misses_the_backend_that_the_exercise_names(variable, configured, hidden):
    code = "import keras"
    if configured:
        code = f"open('keras.json', 'w').write('{{\"backend\": \"{configured}\"}}')\n{code}"
    said = run_without(code, backend=variable, hidden=(hidden,))
    installed = {"tensorflow", "jax", "torch"} - {hidden}
    missing = page.missing_backend(variable, configured, installed)
    assert missing == (said.split()[-1].strip("'") if said else "")


def test_the_exercise_grades_the_answer_and_the_usual_mistake():
    cases = [((None, None, ["jax"]), "tensorflow"), (("torch", "jax", ["torch"]), "")]
    assert grade(page.missing_backend, cases) == "Right in all 2 cases."
    assert grade(page.missing_backend_with_fallback, cases).endswith(
        "expected 'tensorflow', received ''."
    )
