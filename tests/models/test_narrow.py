"""A past in float8 is nearly the past."""

import pytest
import torch
from tests.devices.networks import error, ltx2, ltx_documents, wan, wan_documents
from torch import Tensor

from manazir.models.narrow import NarrowKeysValues, narrowed, widened


def _keys_values(dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    sizes = torch.tensor([0.01, 1.0, 300.0])[:, None]  # of heads, which one scale would not serve
    return (torch.randn(200, 3, 16) * sizes).to(dtype), (torch.randn(200, 3, 16) * sizes.flip(0)).to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_every_head_keeps_its_numbers(dtype: torch.dtype) -> None:
    parts = _keys_values(dtype)
    narrow = narrowed(parts)
    for made, true in zip(widened(narrow, dtype), parts, strict=True):
        assert made.dtype is dtype
        for head in range(3):
            assert 0.01 < error(made[:, head], true[:, head]) < 0.04
        largest = true.abs().amax((0, 2))
        torch.testing.assert_close(
            made.abs().amax((0, 2)), largest, rtol=1e-2 if dtype is torch.bfloat16 else 1e-6, atol=0
        )


def test_it_takes_half_of_bfloat16s_memory() -> None:
    parts = _keys_values(torch.bfloat16)
    before, after = (sum(each.numel() * each.element_size() for each in every) for every in (parts, narrowed(parts)))
    assert after < 0.51 * before


def test_heads_that_are_nothing_stay_nothing() -> None:
    narrow = narrowed((torch.zeros(4, 2, 6), torch.zeros(4, 2, 6)))
    assert all(torch.equal(part, torch.zeros(4, 2, 6)) for part in widened(narrow, torch.float32))


def test_some_heads_are_those_heads() -> None:
    parts = _keys_values()
    some = narrowed(parts).of_heads(slice(1, 3))
    alone = narrowed((parts[0][:, 1:], parts[1][:, 1:]))
    assert isinstance(some, NarrowKeysValues)
    assert all(torch.equal(one.float(), other.float()) for one, other in zip(some, alone, strict=True))


@torch.no_grad()
def test_wan_goes_on_from_a_narrow_past() -> None:
    model = wan()
    kept = model(wan_documents(model, is_kept=True))[0].keys_values
    assert kept is not None
    true, none = (model(wan_documents(model, past=past))[2].velocity for past in (kept, None))
    made = model(wan_documents(model, past=[narrowed(layer) for layer in kept]))[2].velocity
    rounded = [widened(narrowed(layer), torch.float32) for layer in kept]
    assert torch.equal(made, model(wan_documents(model, past=rounded))[2].velocity)
    assert 1e-4 < error(made, true) < 0.05 < error(none, true)


@torch.no_grad()
def test_ltx_goes_on_from_a_narrow_past() -> None:
    model = ltx2()
    first = model(ltx_documents(model, is_kept=True))[0]
    past = first.video.keys_values, first.sound.keys_values
    narrow = tuple([narrowed(layer) for layer in layers] for layers in past)
    true, made = (model(ltx_documents(model, past=each))[1] for each in (past, narrow))
    assert 1e-4 < error(made.video.velocity, true.video.velocity) < 0.05
    assert 1e-4 < error(made.sound.velocity, true.sound.velocity) < 0.05
