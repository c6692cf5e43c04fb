"""The same step in PyTorch: as a `train_step` of Keras, and without it."""

import torch

from kerasbook.outlook.choosing.network import sam_perturbation


def torch_train_step(model, data):
    """`train_step` with SAM in Keras on PyTorch."""
    x, y = data
    weights = model.trainable_weights
    model.zero_grad()  # ①
    loss = model.compute_loss(x, y, model(x, training=True))
    loss.backward()
    with torch.no_grad():
        gradients = [weight.value.grad for weight in weights]
        moves = sam_perturbation(gradients, model.radius)
        for weight, move in zip(weights, moves, strict=True):
            weight.assign_add(move)
    model.zero_grad()
    model.compute_loss(x, y, model(x, training=True)).backward()
    with torch.no_grad():
        for weight, move in zip(weights, moves, strict=True):
            weight.assign_sub(move)
        gradients = [weight.value.grad for weight in weights]
        model.optimizer.apply(gradients, weights)
    return {"last_loss": loss.detach()}


def torch_loss_and_gradients(weights, x, y):
    """Mean cross-entropy of an MLP, and its gradients."""
    w1, b1, w2, b2 = weights
    logits = torch.relu(x @ w1 + b1) @ w2 + b2  # (batch, classes)
    loss = torch.nn.functional.cross_entropy(logits, y)
    return loss.detach(), torch.autograd.grad(loss, weights)


def torch_sharp_step(weights, x, y, learning_rate, radius):
    """One SAM step in PyTorch, in place; returns the loss."""
    loss, gradients = torch_loss_and_gradients(weights, x, y)
    length = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
    moves = [radius * gradient / length for gradient in gradients]
    with torch.no_grad():
        for weight, move in zip(weights, moves, strict=True):
            weight += move
    _, perturbed_gradients = torch_loss_and_gradients(weights, x, y)
    with torch.no_grad():
        updates = zip(weights, moves, perturbed_gradients, strict=True)
        for weight, move, away in updates:
            weight -= move + learning_rate * away
    return loss


def train_sharp_torch(
    weights, batches, *, epochs, learning_rate, radius, after_epoch
):
    """Train; return the last loss of each epoch, and the weights.

    The arguments are those of `train_sharp_tensorflow`.
    """
    tensors = [torch.tensor(array, requires_grad=True) for array in weights]
    batches = [tuple(map(torch.from_numpy, batch)) for batch in batches]
    losses = []
    for _ in range(epochs):
        for x, y in batches:
            loss = torch_sharp_step(tensors, x, y, learning_rate, radius)
        losses.append(float(loss))
        after_epoch()
    return losses, [tensor.detach().numpy() for tensor in tensors]
