"""Links to the official documentation: what a page may write, and that the names exist."""

import functools
import importlib
import re

import pytest

from bookkit.web import documentation

DENSE = "https://keras.io/api/layers/core_layers/dense/#dense-class"
PLACE = re.compile(
    r"https://keras\.io/(?:api|keras_hub/api|keras_tuner/api)/(?:[a-z0-9_]+/)+"
    r"#(?P<anchor>[a-z0-9_]+)-(?P<kind>class|function|method)"
)


def code(dotted):
    """Highlight a name as Pygments does."""
    return '<span class="o">.</span>'.join(
        f'<span class="n">{part}</span>' for part in dotted.split(".")
    )


def prose(text):
    return f'<code class="docutils literal notranslate"><span class="pre">{text}</span></code>'


@pytest.mark.parametrize(
    "written",
    [
        code("keras.layers.Dense"), code("layers.Dense"), prose("keras.layers.Dense"),
        prose("Dense"), prose("Dense(10)"),
    ],
)  # fmt: skip
def test_a_name_in_code_or_prose_is_linked_whole(written):
    linked = documentation.link(f"<p>{written}</p>")
    title = "keras.layers.Dense"
    opening = f'<a class="documentation reference external" href="{DENSE}" title="{title}">'
    assert linked == f"<p>{opening}{written}</a></p>"


def test_a_name_is_linked_once_and_not_in_headings_links_and_folds():
    use = prose("Dense")
    fold = f'<details class="hide above-input"><summary>{use}</summary>{use}</details>'
    passed = f'<h2 id="x">{use}</h2><a href="#y">{use}</a><summary>{use}</summary>{fold}'
    linked = documentation.link(f"{passed}<p>{use} {code('keras.layers.Dense')}</p>")
    assert linked.startswith(f"{passed}<p><a class=")
    assert linked.count("<a class=") == 1


@pytest.mark.parametrize("written", [code("model.fit"), prose("fit"), prose("model.fit(x, y)")])
def test_methods_are_those_of_a_model(written):
    assert "/model_training_apis/#fit-method" in documentation.link(written)


@pytest.mark.parametrize(
    "written",
    [
        code("np.mean"), prose("mean"),  # NumPy's
        code("tf.keras.layers.Dense"), code("torch.nn.Dense"),  # another's
        prose("from_preset"),  # of two classes
        code("Dense"),  # may be any name
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_not_linked(written):
    assert documentation.link(written) == written


@pytest.mark.parametrize("name", documentation.addresses())
def test_the_name_is_public_and_its_address_says_what_it_is(name):
    package, *path = name.split(".")
    found = functools.reduce(getattr, path, importlib.import_module(package))
    place = PLACE.fullmatch(documentation.addresses()[name])
    assert place, documentation.addresses()[name]
    # The site writes titles as they are, but for characters that no anchor has.
    assert place["anchor"].replace("_", "") == path[-1].lower().replace("_", "")
    owner = functools.reduce(getattr, path[:-1], importlib.import_module(package))
    kind = (
        "class" if isinstance(found, type) else "method" if isinstance(owner, type) else "function"
    )
    assert place["kind"] == kind
