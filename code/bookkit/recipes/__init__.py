"""How each page's reference runs train: one module a page, which names its tasks.

`TASKS` maps a task to the dataset it needs and its recipes.
"""

from bookkit.recipes import entities, image_classification
from bookkit.recipes.recipe import Recipe

TASKS: dict[str, tuple[str, list[Recipe]]] = {**entities.TASKS, **image_classification.TASKS}

__all__ = ["TASKS", "Recipe"]
