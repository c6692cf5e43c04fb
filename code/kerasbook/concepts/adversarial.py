"""A generative adversarial network with its own training step (§2.2.1)."""

import keras
import numpy as np
import tensorflow as tf


def ring_centers(*, modes=8, radius=2.0):
    """Place `modes` centers on a circle: array of shape `(modes, 2)`."""
    angles = 2 * np.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def sample_ring(count, *, seed, modes=8, spread=0.1):
    """Draw points (count, 2) around the centers, all equally likely."""
    generator = np.random.default_rng(seed)
    chosen = ring_centers(modes=modes)[generator.integers(0, modes, count)]
    noise = spread * generator.normal(size=(count, 2))
    return (chosen + noise).astype("float32")


def build_tanh_mlp(num_inputs, num_outputs, *, units=64):
    """Build two hidden layers and a linear output."""
    return keras.Sequential(
        [
            keras.Input((num_inputs,)),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dense(num_outputs),
        ]
    )


def surprise(logits, answer):
    """Average the cross-entropy of logits if the right answer is `answer`."""
    answers = tf.fill(tf.shape(logits), float(answer))
    loss = tf.nn.sigmoid_cross_entropy_with_logits(answers, logits)
    return tf.reduce_mean(loss)


def update_discriminator(gan, real, noise):
    """Move the discriminator one step; the generator stays as it is."""
    with tf.GradientTape() as tape:
        fake = gan.generator(noise)
        loss = surprise(gan.discriminator(real), 1)
        loss += surprise(gan.discriminator(fake), 0)
    weights = gan.discriminator.trainable_variables  # ①
    gan.for_discriminator.apply(tape.gradient(loss, weights), weights)
    return loss


def update_generator(gan, noise):
    """Move the generator one step; the discriminator stays as it is."""
    with tf.GradientTape() as tape:
        fake = gan.generator(noise)
        loss = surprise(gan.discriminator(fake), 1)  # ①
    weights = gan.generator.trainable_variables
    gan.for_generator.apply(tape.gradient(loss, weights), weights)
    return loss


class GAN(keras.Model):
    """A generator and a discriminator of points, with their optimizers."""

    def __init__(self, *, beta_1):
        super().__init__()
        self.generator = build_tanh_mlp(2, 2)
        self.discriminator = build_tanh_mlp(2, 1)
        self.for_generator = keras.optimizers.Adam(1e-3, beta_1=beta_1)
        self.for_discriminator = keras.optimizers.Adam(1e-3, beta_1=beta_1)

    def train_step(self, real):
        """Move the discriminator once, then the generator once."""
        shape = tf.shape(real)  # as much noise as there are real points
        d_loss = update_discriminator(self, real, tf.random.normal(shape))
        g_loss = update_generator(self, tf.random.normal(shape))
        return {"discriminator": d_loss, "generator": g_loss}


def train_gan(points, noise, *, beta_1, epochs, seed):
    """Train a GAN, and keep what it makes of the same noise each epoch.

    Returns:
        `(gan, samples)`: samples of shape `(epochs + 1, n, 2)`, the first
        before training.
    """
    keras.utils.set_random_seed(seed)
    gan = GAN(beta_1=beta_1)
    gan.compile(steps_per_execution=10)  # fewer returns to Python
    samples = [gan.generator(noise).numpy()]
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: samples.append(gan.generator(noise).numpy())
    )
    gan.fit(points, batch_size=256, epochs=epochs, callbacks=[keep], verbose=0)
    return gan, np.stack(samples)


def energy_distance(x, y):
    """Compute the squared energy distance of samples (n, 2) and (m, 2).

    2 E|X - Y| - E|X - X'| - E|Y - Y'|, each mean taken over all pairs.
    Source: Rizzo and Székely (2016).
    """

    def mean_distance(a, b):
        columns = zip(a.T, b.T, strict=True)  # one a dimension, saves memory
        return np.sqrt(sum((p[:, None] - q) ** 2 for p, q in columns)).mean()

    between = mean_distance(x, y)
    return 2 * between - mean_distance(x, x) - mean_distance(y, y)


def covered_modes(points, centers, *, radius=0.4):
    """Count the modes that a sample (n, 2) covers.

    A mode is covered if it gets at least a quarter of its fair share of the
    points, counting those within `radius` of its center.

    Returns:
        `(covered, share)`: number of modes covered, and share of the points
        that lie near any center.
    """
    distance = np.linalg.norm(points[:, None] - centers[None], axis=-1)
    near = distance.min(axis=1) <= radius
    counts = np.bincount(distance.argmin(axis=1)[near], minlength=len(centers))
    fair = len(points) / len(centers)
    return int((counts >= fair / 4).sum()), float(near.mean())


def plot_samples(axes, samples, titles, *, centers):
    """Draw samples `(m, 2)` one beside the other, with the true centers."""
    for axis, points, title in zip(axes, samples, titles, strict=True):
        axis.scatter(*points.T, s=3, alpha=0.5)
        axis.plot(*centers.T, "+", color="black", markersize=9)
        axis.set_title(title, fontsize=9)
        axis.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
        axis.set_aspect("equal")


def plot_progress(axes, distances, covered, floor):
    """Draw distance and covered modes by epoch, for several runs.

    Args:
        axes: two Matplotlib axes.
        distances: dict from a run's name to its distance after each epoch.
        covered: dict from a run's name to its number of covered modes.
        floor: distances between true samples, drawn as a band.
    """
    styles = ("o-", "s-", "^--", "v--", "x:", "+:")
    for name, style in zip(distances, styles, strict=False):
        axes[0].semilogy(distances[name], style, label=name)
        axes[1].plot(covered[name], style, label=name)
    axes[0].axhspan(
        min(floor), max(floor), color="gray", alpha=0.3, linewidth=0
    )
    for axis, name in zip(axes, ("energy distance", "modes"), strict=True):
        axis.set_xlabel("epoch")
        axis.set_ylabel(name)
    lines = axes[1].lines
    axes[1].figure.legend(handles=lines, loc="outside lower center", ncols=2)
