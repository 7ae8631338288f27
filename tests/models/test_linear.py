import torch
import torch.nn.functional as F
from torch import Tensor, nn

from manazir.models.linear import FeedForward, Linear


class _Doubled(nn.Module):
    """What stands in a layer's place when adapters are attached."""

    def __init__(self, base: nn.Module) -> None:
        super().__init__()
        self.base = base

    def forward(self, x: Tensor) -> Tensor:
        return 2 * self.base(x)


@torch.no_grad()
def test_a_feed_forward_layer_is_its_parts_one_after_the_other() -> None:
    layer, x = FeedForward(12, 40), torch.randn(50, 12)
    widen, _, narrow = layer
    true = F.linear(F.gelu(F.linear(x, widen.weight, widen.bias), approximate="tanh"), narrow.weight, narrow.bias)
    torch.testing.assert_close(layer(x), true)
    assert set(layer.state_dict()) == {"0.weight", "0.bias", "2.weight", "2.bias"}


@torch.no_grad()
def test_a_layer_in_the_first_ones_place_is_heeded_and_so_are_hooks() -> None:
    layer, x = FeedForward(12, 40), torch.randn(50, 12)
    widen, gelu, narrow = layer
    twice = narrow(gelu(2 * widen(x)))
    hook = widen.register_forward_hook(lambda *call: 2 * call[-1])
    torch.testing.assert_close(layer(x), twice)
    hook.remove()
    layer[0] = _Doubled(widen)
    torch.testing.assert_close(layer(x), twice)


@torch.no_grad()
def test_linear_layers_are_pytorchs_own_for_whoever_looks_for_those() -> None:
    layer = Linear(12, 40)
    assert isinstance(layer, nn.Linear)
    x = torch.randn(2, 33, 12)
    torch.testing.assert_close(layer(x), F.linear(x, layer.weight, layer.bias))
