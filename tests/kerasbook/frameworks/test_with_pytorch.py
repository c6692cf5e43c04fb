"""A module and a dataset of one's own in PyTorch, against PyTorch's."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install torch")
from kerasbook.frameworks import with_pytorch as page  # noqa: E402, after the skip


@pytest.fixture
def weights():
    generator = np.random.default_rng(0)
    shapes = (3, 4), (4,), (4, 2), (2,)
    return [generator.normal(size=shape).astype("float32") for shape in shapes]


def test_a_module_of_its_own_with_the_same_weights_computes_the_same_logits(weights):
    chain, own = page.torch_model(weights), page.TwoLayers(3, 4, 2)
    own.load_state_dict(dict(zip(own.state_dict(), chain.state_dict().values(), strict=True)))
    x = torch.tensor([[1.0, -2.0, 0.5], [0.0, 0.0, 0.0]])
    w1, b1, w2, b2 = weights
    expected = np.maximum(x.numpy() @ w1 + b1, 0) @ w2 + b2
    np.testing.assert_allclose(own(x).detach(), expected, rtol=1e-5)
    assert torch.equal(own(x), chain(x))


def test_a_dataset_of_its_own_gives_the_same_batches_as_tensors():
    x, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    own = torch.utils.data.DataLoader(page.ArrayDataset(x, y), batch_size=2)
    pairs = list(zip(own, page.torch_loader(x, y, batch_size=2), strict=True))
    assert len(pairs) == 3
    for (x_own, y_own), (x_given, y_given) in pairs:
        assert torch.equal(x_own, x_given)
        assert torch.equal(y_own, y_given)
