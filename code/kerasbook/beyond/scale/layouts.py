"""Cut the weights of a network across devices."""

import re

import keras


def tensor_parallel_layout(mesh):
    """Tensor-parallel layout: first kernel by columns, second by rows.

    Args:
        mesh: `keras.distribution.DeviceMesh` with an axis named `"model"`.
    """
    layout = keras.distribution.LayoutMap(mesh)
    layout[".*wide/kernel"] = (None, "model")
    layout[".*wide/bias"] = ("model",)
    layout[".*out/kernel"] = ("model", None)
    return layout


def check_layout(layout, model):
    """Check that every key of a layout names a weight that it can cut.

    Raises:
        ValueError: a key fits no weight, or an axis of one cannot be cut
            evenly.
    """
    paths = {variable.path: variable.shape for variable in model.variables}
    for key, tensor_layout in layout.items():
        found = [path for path in paths if re.fullmatch(key, path)]
        if not found:
            raise ValueError(
                "Expected keys that match a whole path, one of "
                f"{list(paths)}. Received: {key!r}. Try {'.*' + key!r}."
            )
        mesh = tensor_layout.device_mesh
        sizes = dict(zip(mesh.axis_names, mesh.shape, strict=True))
        for path in found:
            for axis, name in enumerate(tensor_layout.axes):
                if name and paths[path][axis] % sizes[name]:
                    raise ValueError(
                        f"Expected axis {axis} of {path}, of shape "
                        f"{paths[path]}, to be divisible by the "
                        f"{sizes[name]} devices of {name!r}. Received: "
                        f"{tensor_layout.axes}. Cut another axis, or none."
                    )
