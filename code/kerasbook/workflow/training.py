"""Training and evaluating: the loop and its callbacks (§3.3.1, §3.3.2)."""

import keras


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


def careless_early_stopping_epoch(losses, patience):
    """Make the usual mistake: compare with the epoch before, not the best."""
    better = 0
    for epoch, loss in enumerate(losses):
        if epoch and loss < losses[epoch - 1]:
            better = epoch
        if epoch - better == patience:
            break
    return epoch + 1, better + 1
