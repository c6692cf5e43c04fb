"""A generative adversarial network with its own training step (§2.2.1)."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import euclidean_distances


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


def build_mlp(inputs, outputs, *, units=64, hidden="tanh", last=None):
    """Build an MLP with two hidden layers: generator or discriminator."""
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(units, activation=hidden),
            keras.layers.Dense(units, activation=hidden),
            keras.layers.Dense(outputs, activation=last),
        ]
    )


def bce_with_logits(logits, answer):
    """Mean binary cross-entropy of logits against one label, 0 or 1."""
    answers = tf.fill(tf.shape(logits), float(answer))
    loss = tf.nn.sigmoid_cross_entropy_with_logits(answers, logits)
    return tf.reduce_mean(loss)


def update_discriminator(gan, real, noise):
    """Move the discriminator one step; the generator stays as it is."""
    with tf.GradientTape() as tape:
        fake = gan.generator(noise)
        loss = bce_with_logits(gan.discriminator(real), 1)
        loss += bce_with_logits(gan.discriminator(fake), 0)
    weights = gan.discriminator.trainable_variables  # ①
    gan.discriminator_optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


def update_generator(gan, noise):
    """Move the generator one step; the discriminator stays as it is."""
    with tf.GradientTape() as tape:
        fake = gan.generator(noise)
        loss = bce_with_logits(gan.discriminator(fake), 1)  # ①
    weights = gan.generator.trainable_variables
    gan.generator_optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


class GAN(keras.Model):
    """A generator and a discriminator, each with its own optimizer."""

    def __init__(self, generator, discriminator, *, beta_1=0.5):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.generator_optimizer = keras.optimizers.Adam(1e-3, beta_1=beta_1)
        self.discriminator_optimizer = keras.optimizers.Adam(
            1e-3, beta_1=beta_1
        )

    def train_step(self, real):
        """Move the discriminator once, then the generator once."""
        shape = tf.shape(real)[0], self.generator.input_shape[-1]
        d_loss = update_discriminator(self, real, tf.random.normal(shape))
        g_loss = update_generator(self, tf.random.normal(shape))
        return {"discriminator": d_loss, "generator": g_loss}


def train_gan(gan, data, noise, *, epochs, batch_size):
    """Train; return the samples from `noise` before and after each epoch."""
    gan.compile(jit_compile=False, steps_per_execution=10)  # ①
    samples = [gan.generator(noise).numpy()]
    for _ in range(epochs):
        gan.fit(data, batch_size=batch_size, verbose=0)
        samples.append(gan.generator(noise).numpy())
    return samples


def mean_pairwise_distance(a, b):
    """Mean Euclidean distance over all pairs of two samples."""
    return euclidean_distances(a, b).mean()


def energy_distance(x, y):
    """Compute the energy distance of samples (n, d) and (m, d)."""
    between = mean_pairwise_distance(x, y)
    return (
        2 * between
        - mean_pairwise_distance(x, x)
        - mean_pairwise_distance(y, y)
    )


def train_generator_ahead(gan, points, noise, *, rounds, generator_steps):
    """Train with several generator steps for each discriminator step."""
    d_step, g_step = map(tf.function, (update_discriminator, update_generator))
    samples = [gan.generator(noise).numpy()]
    for real in np.split(points, rounds):
        d_step(gan, real, tf.random.normal(real.shape))
        for _ in range(generator_steps):
            g_step(gan, tf.random.normal(real.shape))
        samples.append(gan.generator(noise).numpy())
    return samples


def count_covered_modes(points, centers, *, radius=0.4):
    """Count the modes with a quarter of their share of the points."""
    distance = np.linalg.norm(points[:, None] - centers, axis=-1)
    nearest = distance.argmin(axis=1)[distance.min(axis=1) <= radius]
    counts = np.bincount(nearest, minlength=len(centers))
    return int((counts >= len(points) / len(centers) / 4).sum())


def gan_losses(p_real, p_fake):
    """Discriminator loss and non-saturating generator loss."""
    p_real, p_fake = np.asarray(p_real), np.asarray(p_fake)
    d_loss = -np.log(p_real).mean() - np.log(1 - p_fake).mean()
    return [d_loss, -np.log(p_fake).mean()]


def minimax_losses(p_real, p_fake):
    """The same with the saturating minimax loss: the usual mistake."""
    d_loss, _ = gan_losses(p_real, p_fake)
    return [d_loss, np.log(1 - np.asarray(p_fake)).mean()]


def plot_samples(axes, samples, titles, *, centers):
    """Draw samples `(m, 2)` one beside the other, with the true centers."""
    for axis, points, title in zip(axes, samples, titles, strict=True):
        axis.scatter(*points.T, s=3, alpha=0.5)
        axis.plot(*centers.T, "+", color="black", markersize=9)
        axis.set_title(title, fontsize=9)
        axis.set(xlim=(-3, 3), ylim=(-3, 3), xticks=[], yticks=[])
        axis.spines[:].set_visible(True)
        axis.set_aspect("equal")


def plot_images(axes, rows):
    """Draw rows of flat 8 x 8 images, values from -1 to 1."""
    for line, images in zip(axes, rows, strict=True):
        for axis, image in zip(line, images, strict=True):
            axis.imshow(image.reshape(8, 8), cmap="gray_r", vmin=-1, vmax=1)
            axis.set(xticks=[], yticks=[])


def plot_progress(axes, distances, covered, reference):
    """Draw distance and covered modes by epoch, for several runs.

    Args:
        axes: two Matplotlib axes.
        distances: dict from a run's name to its distance after each epoch.
        covered: dict from a run's name to its number of covered modes.
        reference: distances between true samples, drawn as a band.
    """
    styles = ("o-", "s-", "D-", "^--", "v--", "x--")
    for name, style in zip(distances, styles, strict=False):
        axes[0].semilogy(distances[name], style, label=name)
        axes[1].plot(covered[name], style, label=name)
    axes[0].axhspan(
        min(reference), max(reference), color="gray", alpha=0.3, linewidth=0
    )
    for axis, name in zip(axes, ("energy distance", "modes"), strict=True):
        axis.set_xlabel("epoch")
        axis.set_ylabel(name)
    lines = axes[1].lines
    axes[1].figure.legend(handles=lines, loc="outside lower center", ncols=2)
