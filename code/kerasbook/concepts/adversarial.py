"""A generative adversarial network with its own training step (§2.2.1)."""

import keras
import numpy as np
import tensorflow as tf


def ring_centers(*, modes=8, radius=2.0):
    """Place `modes` centers on a circle: array of shape `(modes, 2)`."""
    angles = 2 * np.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def sample_ring(count, *, seed, modes=8, radius=2.0, spread=0.1):
    """Draw points from a ring of Gaussians.

    Args:
        count: number of points.
        seed: seed of the draw.
        modes: number of Gaussians, all equally likely.
        radius: distance of their centers from the origin.
        spread: standard deviation of each in both directions.

    Returns:
        float32 array of shape `(count, 2)`.
    """
    generator = np.random.default_rng(seed)
    centers = ring_centers(modes=modes, radius=radius)
    noise = spread * generator.normal(size=(count, 2))
    points = centers[generator.integers(0, modes, count)] + noise
    return points.astype("float32")


def energy_distance(x, y):
    """Compute the squared energy distance between two samples.

    2 E|X - Y| - E|X - X'| - E|Y - Y'|, each mean taken over all pairs: never
    negative, and 0 between a sample and itself.

    Args:
        x: array of shape `(n, dimensions)`.
        y: array of shape `(m, dimensions)`.

    Source: Rizzo and Székely (2016).
    """

    def mean_distance(a, b):
        columns = zip(a.T, b.T, strict=True)  # one a dimension, saves memory
        return np.sqrt(sum((p[:, None] - q) ** 2 for p, q in columns)).mean()

    between = mean_distance(x, y)
    return 2 * between - mean_distance(x, x) - mean_distance(y, y)


def covered_modes(points, centers, *, radius):
    """Count the modes that a sample covers.

    A mode is covered if it gets at least a quarter of its fair share of the
    points, counting those within `radius` of its center.

    Args:
        points: array of shape `(n, 2)`.
        centers: array of shape `(modes, 2)`.
        radius: how near a point must be.

    Returns:
        `(covered, share)`: number of modes covered, and share of the points
        that lie near any center.
    """
    distance = np.linalg.norm(points[:, None] - centers[None], axis=-1)
    near = distance.min(axis=1) <= radius
    counts = np.bincount(distance.argmin(axis=1)[near], minlength=len(centers))
    fair = len(points) / len(centers)
    return int((counts >= fair / 4).sum()), float(near.mean())


def build_tanh_mlp(num_inputs, num_outputs, *, units=64):
    """Build two hidden layers and a linear output.

    From `(batch, num_inputs)` to `(batch, num_outputs)`.
    """
    return keras.Sequential(
        [
            keras.Input((num_inputs,)),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dense(num_outputs),
        ]
    )


class GAN(keras.Model):
    """Two models that train each other, for the TensorFlow backend.

    Args:
        generator: model from noise `(batch, latent_size)` to points.
        discriminator: model from points to one logit, positive for "real".
        latent_size: length of the noise.
        seed: seed of the noise.

    Source: Goodfellow et al. (2014), with their non-saturating generator
    loss.
    """

    def __init__(self, generator, discriminator, *, latent_size, seed):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.latent_size = latent_size
        self.noise_seed = keras.random.SeedGenerator(seed)
        self.loss_of = keras.losses.BinaryCrossentropy(from_logits=True)
        self.generator_loss = keras.metrics.Mean(name="generator_loss")
        self.discriminator_loss = keras.metrics.Mean(name="discriminator_loss")

    def compile(self, *, generator_optimizer, discriminator_optimizer, **more):
        """Take one optimizer for each model."""
        super().compile(**more)
        self.generator_optimizer = generator_optimizer
        self.discriminator_optimizer = discriminator_optimizer

    @property
    def metrics(self):
        """Metrics that `fit` reports, and resets at each epoch."""
        return [self.generator_loss, self.discriminator_loss]

    def generate(self, count):
        """Turn fresh noise into `count` points."""
        shape = (count, self.latent_size)
        noise = keras.random.normal(shape, seed=self.noise_seed)
        return self.generator(noise, training=True)

    def train_step(self, real):
        """Update the discriminator once, then the generator once."""
        count = tf.shape(real)[0]
        with tf.GradientTape() as tape:
            on_real = self.discriminator(real, training=True)
            on_fake = self.discriminator(self.generate(count), training=True)
            loss = self.loss_of(tf.ones_like(on_real), on_real)
            loss += self.loss_of(tf.zeros_like(on_fake), on_fake)
        weights = self.discriminator.trainable_variables
        gradients = tape.gradient(loss, weights)
        self.discriminator_optimizer.apply(gradients, weights)
        self.discriminator_loss.update_state(loss)

        with tf.GradientTape() as tape:
            on_fake = self.discriminator(self.generate(count), training=True)
            loss = self.loss_of(tf.ones_like(on_fake), on_fake)
        weights = self.generator.trainable_variables
        gradients = tape.gradient(loss, weights)
        self.generator_optimizer.apply(gradients, weights)
        self.generator_loss.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


def train_gan(points, noise, *, beta_1, epochs, seed):
    """Train a GAN on points, and keep what it makes of the same noise.

    Args:
        points: array of shape `(n, 2)`, read in batches of 256.
        noise: array of shape `(m, latent_size)`.
        beta_1: momentum of both Adam optimizers.
        epochs: passes over the points.
        seed: seed of the weights, of the batches and of the noise.

    Returns:
        `(samples, losses)`: generated points of shape `(epochs + 1, m, 2)`,
        the first before training, and a dict of lists, one loss an epoch.
    """
    keras.utils.set_random_seed(seed)
    latent_size = noise.shape[1]
    gan = GAN(
        build_tanh_mlp(latent_size, 2),
        build_tanh_mlp(2, 1),
        latent_size=latent_size,
        seed=seed,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=beta_1),
        discriminator_optimizer=keras.optimizers.Adam(1e-3, beta_1=beta_1),
        steps_per_execution=10,  # fewer returns to Python, same updates
    )
    samples = [gan.generator(noise).numpy()]
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: samples.append(
            gan.generator(noise).numpy()
        )
    )
    history = gan.fit(
        points, batch_size=256, epochs=epochs, callbacks=[keep], verbose=0
    )
    return np.stack(samples), history.history


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
