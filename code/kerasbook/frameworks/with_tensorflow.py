"""The network in plain TensorFlow, without Keras."""

import tensorflow as tf


def tensorflow_variables(weights):
    """Make variables of the arrays `[w1, b1, w2, b2]`."""
    return [tf.Variable(array) for array in weights]


def tensorflow_logits(variables, x):
    """Map images `(batch, inputs)` to logits `(batch, classes)`."""
    w1, b1, w2, b2 = variables
    hidden = tf.nn.relu(x @ w1 + b1)  # (batch, hidden)
    return hidden @ w2 + b2


def tensorflow_loss(variables, x, y):
    """Mean cross-entropy of integer labels `(batch,)`."""
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=y, logits=tensorflow_logits(variables, x)
    )
    return tf.reduce_mean(losses)


def tensorflow_gradients(variables, x, y):
    """Return the loss and its gradient with respect to each variable."""
    with tf.GradientTape() as tape:
        loss = tensorflow_loss(variables, x, y)
    return loss, tape.gradient(loss, variables)


def tensorflow_step(variables, x, y, learning_rate):
    """Move the variables one step downhill; return the loss before it."""
    loss, gradients = tensorflow_gradients(variables, x, y)
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign_sub(learning_rate * gradient)
    return loss


def tensorflow_batches(x, y, *, batch_size, shuffle_seed=None):
    """Cut arrays into batches, in their order or newly shuffled every time."""
    examples = tf.data.Dataset.from_tensor_slices((x, y))
    if shuffle_seed is not None:
        examples = examples.shuffle(len(x), seed=shuffle_seed)
    return examples.batch(batch_size).prefetch(tf.data.AUTOTUNE)


def train_tensorflow(
    variables, x, y, *, batch_size, epochs, learning_rate, after_epoch=None
):
    """Train in place; return the mean loss of each epoch.

    `after_epoch()`, if there is one, is called at the end of every epoch.
    """
    batches = tensorflow_batches(x, y, batch_size=batch_size)
    step = tf.function(tensorflow_step)
    history = []
    for _ in range(epochs):
        losses = [step(variables, *batch, learning_rate) for batch in batches]
        history.append(float(tf.reduce_mean(losses)))
        if after_epoch:
            after_epoch()
    return history


def tensorflow_run(weights, x, y, x_test, **settings):
    """Train, then predict: the loss of each epoch, the logits of `x_test`."""
    variables = tensorflow_variables(weights)
    losses = train_tensorflow(variables, x, y, **settings)
    return losses, tensorflow_logits(variables, x_test).numpy()


def tensorflow_first_step(weights, x, y, learning_rate):
    """Take one step; return it as `reference_first_step` does."""
    variables = tensorflow_variables(weights)
    logits = tensorflow_logits(variables, x)
    loss, gradients = tensorflow_gradients(variables, x, y)
    tensorflow_step(variables, x, y, learning_rate)
    return {
        "logits": [logits.numpy()],
        "loss": [loss.numpy()],
        "gradients": [gradient.numpy() for gradient in gradients],
        "updated": [variable.numpy() for variable in variables],
    }


def save_tensorflow_program(variables, folder):
    """Save weights and forward pass together, as a SavedModel."""
    module = tf.Module()
    module.variables_to_save = variables
    images = tf.TensorSpec([None, variables[0].shape[0]], tf.float32)
    module.logits = tf.function(
        lambda x: tensorflow_logits(variables, x), input_signature=[images]
    )
    tf.saved_model.save(module, folder)
