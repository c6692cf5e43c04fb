"""One network built in three ways, and a drawing of its layers (§2.2.1)."""

import keras


def build_sequential(num_features=64, num_classes=10):
    """Build the network as a list of layers, each fed by the one before.

    Input: `(batch, num_features)`. Output: class probabilities of shape
    `(batch, num_classes)`.
    """
    return keras.Sequential(
        [
            keras.Input((num_features,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(num_classes, activation="softmax"),
        ]
    )


def build_functional(num_features=64, num_classes=10):
    """Build the same network by calling layers on symbolic tensors."""
    inputs = keras.Input((num_features,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    outputs = keras.layers.Dense(num_classes, activation="softmax")(hidden)
    return keras.Model(inputs, outputs)


class SubclassedNetwork(keras.Model):
    """The same network as a class: layers in `__init__`, data flow in `call`.

    It has no weights before it has seen an input of shape
    `(batch, num_features)`.
    """

    def __init__(self, num_classes=10):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.classify = keras.layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        """Return class probabilities of shape `(batch, num_classes)`."""
        return self.classify(self.hidden(inputs))


def build_shortcut(num_features=64, num_classes=10):
    """Build a network whose input also reaches the last layer directly."""
    inputs = keras.Input((num_features,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    both = keras.layers.Concatenate()([inputs, hidden])
    outputs = keras.layers.Dense(num_classes, activation="softmax")(both)
    return keras.Model(inputs, outputs)


def connections(model):
    """List which layer feeds which, by the tensors that they share.

    Args:
        model: a Sequential or functional model. A subclassed model keeps no
            symbolic tensors: Keras raises `AttributeError`.

    Returns:
        list of pairs `(source, target)`: positions in `model.layers`, where
        -1 stands for the input of the model.
    """
    producer = {id(tensor): -1 for tensor in model.inputs}
    pairs = []
    for target, layer in enumerate(model.layers):
        if isinstance(layer, keras.layers.InputLayer):
            continue
        tensors = (
            layer.input if isinstance(layer.input, list) else [layer.input]
        )
        pairs += [(producer[id(tensor)], target) for tensor in tensors]
        producer[id(layer.output)] = target
    return pairs


def draw_model(axis, model):
    """Draw a model as boxes, input on top: kind of layer, shape it returns."""
    pairs = connections(model)
    order = [-1, *sorted({target for _, target in pairs})]
    row = {layer: -place for place, layer in enumerate(order)}
    look = {"boxstyle": "round,pad=0.4", "facecolor": "white"}
    box = {}
    for layer in order:
        kind = "Input" if layer < 0 else type(model.layers[layer]).__name__
        tensor = model.inputs[0] if layer < 0 else model.layers[layer].output
        label = axis.text(
            0, row[layer], f"{kind}\n{tensor.shape}", bbox=look, ha="center",
            va="center", fontsize=9,
        )  # fmt: skip
        box[layer] = label.get_bbox_patch()
    for source, target in pairs:
        bend = 0 if row[source] - row[target] == 1 else -0.9  # round the boxes
        axis.annotate(
            "", (0, row[target]), (0, row[source]),
            arrowprops={
                "arrowstyle": "->", "connectionstyle": f"arc3,rad={bend}",
                "patchA": box[source], "patchB": box[target],
            },
        )  # fmt: skip
    axis.set_xlim(-1, 1)
    axis.set_ylim(0.5 - len(order), 0.5)
    axis.axis("off")
