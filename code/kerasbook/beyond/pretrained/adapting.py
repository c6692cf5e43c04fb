"""Three ways to adapt a trained backbone: frozen, LoRA, in full."""

import keras
import numpy as np

from kerasbook.beyond.pretrained.reading import mean_pooling


def set_trainable(backbone, way, *, rank=4):
    """Choose what is trained: all weights, none (frozen), or LoRA.

    Args:
        backbone: of KerasHub.
        way: `"frozen"`, `"lora"` or `"full"`.
        rank: of the additions that LoRA trains.
    """
    if way == "lora":
        backbone.enable_lora(rank)  # freezes all others
    else:
        backbone.trainable = way == "full"


def count_trainable(model):
    """Count the parameters that training may change."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def add_class_head(backbone, num_classes, *, dropout=0.1):
    """Put a linear classifier on the mean of the tokens; it gives logits."""
    states = backbone.output["sequence_output"]
    mean = mean_pooling(states, backbone.input["padding_mask"])
    mean = keras.layers.Dropout(dropout)(mean)
    logits = keras.layers.Dense(num_classes, dtype="float32")(mean)
    return keras.Model(backbone.input, logits)


def add_token_head(backbone, num_tags, *, dropout=0.1):
    """Put a linear classifier on every token; it gives logits."""
    states = backbone.output["sequence_output"]
    states = keras.layers.Dropout(dropout)(states)
    logits = keras.layers.Dense(num_tags, dtype="float32")(states)
    return keras.Model(backbone.input, logits)


def warmup_cosine_decay(peak, steps):
    """Learning-rate schedule: linear warm-up to `peak`, then cosine decay."""
    warmup = max(steps // 10, 1)
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        max(steps - warmup, 1),
        warmup_target=peak,
        warmup_steps=warmup,
    )


def fine_tune(model, batches, *, epochs, learning_rate):
    """Fine-tune with AdamW; return the mean loss of each epoch."""
    rate = warmup_cosine_decay(learning_rate, epochs * len(batches))
    adam = keras.optimizers.AdamW(rate, weight_decay=0.01, global_clipnorm=1.0)
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=-1
    )
    model.compile(adam, loss, jit_compile=False)  # shapes change
    means = []
    for _ in range(epochs):
        losses = [model.train_on_batch(*batch) for batch in batches]
        means.append(float(np.mean(losses)))
    return means
