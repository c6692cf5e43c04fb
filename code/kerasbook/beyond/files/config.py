"""What `config.json` asks Keras to look up."""

# Where layers, losses and optimizers live. What is missing here is not
# forbidden, only worth a question.
PLAIN_MODULES = (
    "keras.activations", "keras.constraints", "keras.dtype_policies",
    "keras.initializers", "keras.layers", "keras.losses", "keras.metrics",
    "keras.optimizers", "keras.optimizers.schedules", "keras.regularizers",
)  # fmt: skip
PLAIN_NAMES = (
    "__keras_tensor__", "keras.DTypePolicy", "keras.Model",
    "keras.Sequential", "keras.src.models.functional.Functional",
)  # fmt: skip
CODE_LAYERS = (
    "keras.layers.FlaxLayer", "keras.layers.JaxLayer", "keras.layers.Lambda",
    "keras.layers.TFSMLayer", "keras.layers.TorchModuleWrapper",
)  # fmt: skip


def config_parts(config):
    """List all dictionaries within a configuration, however deep."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.values()
            yield part
        elif isinstance(part, list):
            waiting += part


def config_names(config):
    """List what a configuration asks Keras to look up, as `module.name`."""
    names = set()
    for part in config_parts(config):
        name, module = part.get("class_name"), part.get("module")
        if name == "function":
            name = part.get("config")
        if name:
            names.add(f"{module}.{name}" if module else str(name))
    return sorted(names)


def names_not_allowed(config):
    """Names in a configuration that are not on the allow-list."""
    found = []
    for name in config_names(config):
        plain = name.rpartition(".")[0] in PLAIN_MODULES or name in PLAIN_NAMES
        if name in CODE_LAYERS or not plain:
            found.append(name)
    return found


def outside_files(config):
    """List the files that layers would read: a vocabulary given as a path."""
    words = [part.get("vocabulary") for part in config_parts(config)]
    return [word for word in words if isinstance(word, str)]
