"""Training and evaluating: overfitting and its cures (§3.3.1, §3.3.2)."""

import keras
import numpy as np


def fit_by_hand(model, inputs, labels, *, epochs, batch_size):
    """Do what `fit` does without shuffling; return the loss of each epoch."""
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(labels), batch_size):  # ①
            batch = slice(start, start + batch_size)
            logs = model.train_on_batch(  # ②
                inputs[batch], labels[batch], return_dict=True
            )
            total += float(logs["loss"]) * len(labels[batch])
        losses.append(total / len(labels))  # ③
    return losses


def sample_days(count, generator):
    """Sample temperatures and sales: a linear function plus noise."""
    temperature = generator.uniform(15, 35, count)
    luck = generator.normal(0, 30, count)
    return temperature, 10 * temperature - 100 + luck


def plot_fits(axes, degrees, days, later):
    """Draw curves through the days at hand, and the days to come.

    Args:
        axes: Matplotlib axes, one a degree.
        degrees: of the polynomials that are fitted.
        days: temperatures and sales to fit.
        later: temperatures and sales in the background.
    """
    grid = np.linspace(15, 35, 400)
    for axis, degree in zip(axes, degrees, strict=True):
        curve = np.polynomial.Polynomial.fit(*days, degree)
        axis.plot(*later, ".", color="0.75", markersize=3, label="days to come")
        axis.plot(grid, curve(grid), label=f"degree {degree}")
        axis.plot(*days, "o", color="black", label="the eight days")
        axis.set_ylim(0, 330)
        axis.set_xlabel("temperature, °C")
    axes[0].set_ylabel("ice creams sold")
    for axis in axes:
        axis.legend(fontsize=8, loc="upper left")


def plot_both_losses(axes, histories):
    """Draw training and validation loss by epoch, one axes per history.

    Args:
        axes: Matplotlib axes, as many as histories.
        histories: dict from title to the `history` of a run.
    """
    for axis, (title, history) in zip(axes, histories.items(), strict=True):
        epochs = np.arange(1, len(history["loss"]) + 1)
        axis.plot(epochs, history["loss"], "-", label="training")
        axis.plot(epochs, history["val_loss"], "--", label="validation")
        best = int(np.argmin(history["val_loss"]))
        axis.plot(
            epochs[best], history["val_loss"][best], "ko", label="best epoch"
        )
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("epoch")
    axes[0].set_ylabel("loss")
    axes[0].legend()


def shifted(images):
    """Return `(5n, 64)`: `(n, 64)` images, and each moved a pixel each way."""
    framed = np.pad(images.reshape(-1, 8, 8), [(0, 0), (1, 1), (1, 1)])
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    moved = [framed[:, y : y + 8, x : x + 8] for y, x in corners]
    return np.concatenate(moved).reshape(-1, 64)


def train_updates(model, training, validation, *, updates=300):
    """Train for about so many updates, however many samples there are."""
    steps = -(-len(training[1]) // 32)  # of an epoch, rounded up
    return model.fit(
        *training, validation_data=validation, validation_batch_size=258,
        batch_size=32, epochs=updates // steps, verbose=0,
    ).history  # fmt: skip


def usual_callbacks(model_path, log_path, *, patience):
    """Make the callbacks that most training runs want."""
    return [
        keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=patience, restore_best_weights=True
        ),
        keras.callbacks.ReduceLROnPlateau(
            monitor="val_loss", factor=0.5, patience=patience // 2
        ),
        keras.callbacks.ModelCheckpoint(
            model_path, monitor="val_loss", save_best_only=True
        ),
        keras.callbacks.CSVLogger(log_path),
    ]


def early_stopping_epoch(losses, patience):
    """Epochs run and epoch kept under early stopping."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


def since_last_gain(losses, patience):
    """Make the usual mistake: compare with the epoch before, not the best."""
    better = 0
    for epoch, loss in enumerate(losses):
        if epoch and loss < losses[epoch - 1]:
            better = epoch
        if epoch - better == patience:
            break
    return epoch + 1, better + 1
