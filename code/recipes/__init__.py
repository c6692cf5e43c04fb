"""How each page's reference runs train: one module a page, which names its tasks.

`TASKS` maps a task to the dataset it needs and its recipes; those in `ON_SAMPLE` are about few
data, or not about data, and read the sample.

To add one: a module with its test, named here; labels of its recipes and metrics in `book/words`;
data by `make data`, runs by `make reference TASK=…`; then commit what changed in `book/results`. A
run with `SEED=` keeps the other seeds only if they ran the same code; comments and docstrings do
not count. With `examples` a recipe keeps the score of each test example, so that
recipes are compared in pairs. Each run is counted in `scored`: how often the test set was scored,
by how many versions of the recipe; `book/results/test-sets.yml` says on what the settings were
chosen instead. `WITHOUT_TEST_SET` names the tasks that have none.
"""

from recipes import (
    adapting,
    detector_tuning,
    entities,
    export,
    faster_training,
    image_classification,
    language_model,
    nightly,
    object_detection,
    pretrained,
    published,
    ready_detector,
    strong_entities,
    text_classification,
    transfer,
    trust,
    tuned_voting,
    voting,
)
from recipes.recipe import Recipe

TASKS: dict[str, tuple[str, list[Recipe]]] = {
    **image_classification.TASKS,
    **object_detection.TASKS,
    **text_classification.TASKS,
    **entities.TASKS,
    **strong_entities.TASKS,
    **faster_training.TASKS,
    **published.TASKS,
    **ready_detector.TASKS,
    **detector_tuning.TASKS,
    **export.TASKS,
    **transfer.TASKS,
    **pretrained.TASKS,
    **voting.TASKS,
    **tuned_voting.TASKS,
    **adapting.TASKS,
    **trust.TASKS,
    **language_model.TASKS,
    **nightly.TASKS,
}

ON_SAMPLE = frozenset({"image-ablation", "export", "nightly"})
# Tasks that score no test set: they measure something else, or training data that were held out.
WITHOUT_TEST_SET = frozenset(
    {
        "entities-strong-cut",
        "export",
        "faster-choice",
        "faster-published",
        "nightly",
        "transfer-conventions",
        "transfer-sizes",
    }
)
# What a task needs beside the packages of all pages: a dependency group, see pyproject.toml.
PACKAGES = {"export": "formats"}
PACKAGES |= {task: "pretrained" for task in TASKS if task.startswith("pretrained-")}

__all__ = ["ON_SAMPLE", "PACKAGES", "TASKS", "WITHOUT_TEST_SET", "Recipe"]
