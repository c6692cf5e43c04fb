"""Everything that speaks against loading a file, and what Keras says."""

import warnings

from kerasbook.beyond.files.archive import (
    archive_concerns,
    open_archive,
    read_json_part,
)
from kerasbook.beyond.files.config import (
    config_parts,
    names_not_allowed,
    outside_files,
)
from kerasbook.beyond.files.weights import list_weights, weight_concerns


def inspect_keras_file(path):
    """List what speaks against loading a `.keras` file; nothing is loaded.

    Raises:
        ValueError: it is no whole archive, or a part is missing.
    """
    with open_archive(path) as archive:
        if concerns := archive_concerns(archive):
            return concerns  # an archive that lies is not read further
        config = read_json_part(archive, "config.json")
    concerns = [f"names {name}" for name in names_not_allowed(config)]
    concerns += [f"reads the file {name}" for name in outside_files(config)]
    return concerns + weight_concerns(list_weights(path))


def verdict(action):
    """Run `action` and say in one line how it ended.

    Keras wraps the error of a part into one about the whole; the cause
    stands at the end of the text, and that is what counts here.

    Returns:
        "loaded", with the last warning if there was one, or type and message
        of the error.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            action()
        except Exception as error:
            text = str(error).rpartition("Exception encountered: ")[2]
            lines = text.splitlines()
            causes = [line for line in lines if line.startswith("Not allowed")]
            cause = (causes or lines)[0].partition(". ")[0]
            return f"{type(error).__name__}: {cause}"
    return f"loaded, warning: {told[-1].message}" if told else "loaded"


def needs_trust(config):
    """Say whether a configuration names anything outside Keras.

    A name without a module counts: a lambda, or a class of the sender's.
    Only `__keras_tensor__` does not, the wiring of a functional model.
    """
    for part in config_parts(config):
        module = part.get("module") or ""
        inside = module == "keras" or module.startswith("keras.")
        name = part.get("class_name", "__keras_tensor__")
        if name != "__keras_tensor__" and not inside:
            return True
    return False


def shallow_needs_trust(config):
    """Look at the layers alone, and forget what stands inside of them."""
    layers = config["config"]["layers"]
    return any(not layer["module"].startswith("keras") for layer in layers)
