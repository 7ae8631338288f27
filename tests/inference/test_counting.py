import torch
import torch.nn.functional as F
from torch import nn

from manazir.inference.counting import count
from manazir.kernels.linear import linear


def test_products_are_counted_by_whatever_they_are_computed() -> None:
    x, layer = torch.randn(64, 12), nn.Linear(12, 40)
    expected = 2 * 64 * 12 * 40
    assert count(lambda: layer(x), layer.parameters()).flop == expected
    assert count(lambda: linear(x, layer.weight, layer.bias, has_gelu=True), []).flop == expected


def test_attention_and_convolutions_are_counted() -> None:
    q = torch.randn(1, 2, 30, 8)
    assert count(lambda: F.scaled_dot_product_attention(q, q, q), []).flop == 2 * 2 * (2 * 30 * 30 * 8)
    conv = nn.Conv2d(3, 5, 3, padding=1)
    assert count(lambda: conv(torch.randn(1, 3, 8, 8)), []).flop == 2 * 64 * 5 * 27


def test_only_weights_that_take_part_are_counted_and_each_once() -> None:
    first, second, idle = nn.Linear(6, 6), nn.Linear(6, 6, bias=False), nn.Linear(60, 60)
    weights = [*first.parameters(), *second.parameters(), *idle.parameters()]
    asked = count(lambda: second(first(first(torch.randn(2, 6)))), weights)
    assert asked.weight_bytes == 4 * (36 + 6 + 36)
