"""The same step in PyTorch: as a `train_step` of Keras, and without it."""

import torch

from kerasbook.outlook.choosing.network import climb


def torch_train_step(model, data):
    """Step away from the slope uphill, in Keras on PyTorch."""
    x, y = data
    weights = model.trainable_weights
    model.zero_grad()  # ①
    loss = model.compute_loss(x, y, model(x, training=True))
    loss.backward()
    with torch.no_grad():
        moves = climb([weight.value.grad for weight in weights], model.radius)
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


def torch_sharp_step(model, optimizer, x, y, radius):
    """Step away from the slope uphill, in place; return the loss."""
    loss = torch.nn.functional.cross_entropy(model(x), y)
    weights = list(model.parameters())
    gradients = torch.autograd.grad(loss, weights)
    length = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
    moves = [radius * gradient / length for gradient in gradients]
    with torch.no_grad():
        for weight, move in zip(weights, moves, strict=True):
            weight += move
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    with torch.no_grad():
        for weight, move in zip(weights, moves, strict=True):
            weight -= move
    optimizer.step()
    return loss.detach()


def torch_network(weights):
    """Build two linear layers; `Linear` keeps `(outputs, inputs)`."""
    w1, _, w2, _ = weights
    model = torch.nn.Sequential(
        torch.nn.Linear(*w1.shape),
        torch.nn.ReLU(),
        torch.nn.Linear(*w2.shape),
    )
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.from_numpy(array.T))
    return model


def train_sharp_torch(
    weights, batches, *, epochs, learning_rate, radius, after_epoch
):
    """Train; return the last loss of each epoch, and the weights.

    The arguments are those of `train_sharp_tensorflow`.
    """
    model = torch_network(weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    batches = [tuple(map(torch.from_numpy, batch)) for batch in batches]
    losses = []
    for _ in range(epochs):
        for x, y in batches:
            loss = torch_sharp_step(model, optimizer, x, y, radius)
        losses.append(float(loss))
        after_epoch()
    return losses, [w.detach().numpy().T for w in model.parameters()]
