"""The network in plain PyTorch."""

import torch
from torch.utils.data import DataLoader, TensorDataset


def torch_model(weights):
    """Build the network from the arrays `[w1, b1, w2, b2]`.

    `Linear` keeps its matrix as `(outputs, inputs)`, hence the transpose.
    """
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


class TwoLayers(torch.nn.Module):
    """The same network as a module of its own."""

    def __init__(self, num_inputs, num_hidden, num_classes):
        super().__init__()
        self.hidden = torch.nn.Linear(num_inputs, num_hidden)
        self.logits = torch.nn.Linear(num_hidden, num_classes)

    def forward(self, x):
        """Compute the logits of a batch."""
        return self.logits(torch.relu(self.hidden(x)))


class ArrayDataset(torch.utils.data.Dataset):
    """Samples of two arrays, one at a time."""

    def __init__(self, x, y):
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


def torch_loader(x, y, *, batch_size, shuffle=False):
    """Cut arrays into batches, in their order or newly shuffled every time."""
    examples = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    return DataLoader(examples, batch_size=batch_size, shuffle=shuffle)


def torch_step(model, optimizer, x, y):
    """Move the parameters one step downhill; return the loss before it."""
    loss = torch.nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def train_torch(
    model, x, y, *, batch_size, epochs, learning_rate, after_epoch=None
):
    """Train in place; return the mean loss of each epoch.

    `after_epoch()`, if there is one, is called at the end of every epoch.
    """
    loader = torch_loader(x, y, batch_size=batch_size)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    history = []
    for _ in range(epochs):
        losses = [torch_step(model, optimizer, *batch) for batch in loader]
        history.append(float(torch.stack(losses).mean()))
        if after_epoch:
            after_epoch()
    return history


def torch_logits(model, x):
    """Map images, a NumPy array `(batch, inputs)`, to logits, likewise."""
    with torch.no_grad():
        return model(torch.from_numpy(x)).numpy()


def torch_run(weights, x, y, x_test, **settings):
    """Train, then predict: the loss of each epoch, the logits of `x_test`."""
    model = torch_model(weights)
    losses = train_torch(model, x, y, **settings)
    return losses, torch_logits(model, x_test)


def torch_first_step(weights, x, y, learning_rate):
    """Take one step; return it as `reference_first_step` does."""
    model = torch_model(weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    logits = torch_logits(model, x)
    loss = torch_step(
        model, optimizer, torch.from_numpy(x), torch.from_numpy(y)
    )
    parameters = list(model.parameters())
    return {
        "logits": [logits],
        "loss": [loss.numpy()],
        "gradients": [parameter.grad.numpy().T for parameter in parameters],
        "updated": [parameter.detach().numpy().T for parameter in parameters],
    }
