"""LoRA by hand: the way through two narrow matrices, and the merge."""

from keras import ops


def lora_forward(x, kernel, a, b, scale=1.0):
    """X W + scale · x A B.

    Args:
        x: of shape `(batch, inputs)`.
        kernel: of shape `(inputs, outputs)`.
        a: of shape `(inputs, rank)`.
        b: of shape `(rank, outputs)`.
        scale: factor of the narrow way, `lora_alpha / rank` in Keras.

    Returns:
        tensor of shape `(batch, outputs)`.
    """
    wide = ops.matmul(x, kernel)
    narrow = ops.matmul(ops.matmul(x, a), b)
    return ops.add(wide, ops.multiply(scale, narrow))


def merge_lora(kernel, a, b, scale=1.0):
    """W + scale · A B."""
    return ops.add(kernel, ops.multiply(scale, ops.matmul(a, b)))
