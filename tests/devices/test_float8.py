"""Float8 layers multiply as they say, and only where they can."""

from typing import Any

import pytest
import torch
from tests.devices.networks import LATER, error, ltx2, ltx_documents, wan, wan_documents
from torch import Tensor, nn

from manazir.checkpoints.lora import Adapter, LowRank, Weighted
from manazir.checkpoints.lora_hot import attach
from manazir.checkpoints.lora_merge import Merge
from manazir.core.errors import UnsupportedError
from manazir.devices.float8 import Float8Linear, narrow, narrowed, why_not
from manazir.devices.offload import Offload
from manazir.models.wan.transformer import WanTransformer

CPU = torch.device("cpu")
WAN: dict[str, Any] = {"heads": 4, "head_width": 16, "hidden_width": 96, "layers": 3}


def _layer(inputs: int, outputs: int, has_bias: bool, dtype: torch.dtype) -> nn.Linear:
    torch.manual_seed(0)
    layer = nn.Linear(inputs, outputs, bias=has_bias, dtype=dtype).requires_grad_(False)
    layer.weight *= torch.rand(outputs, 1) * 10  # rows of different sizes, which one scale would not serve
    return layer


@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("size", [(7,), (2, 3), (1,), (0,), ()])
def test_a_layer_multiplies_what_was_narrowed(size: tuple[int, ...], has_bias: bool) -> None:
    layer = _layer(64, 48, has_bias, torch.float32)
    x = torch.randn(*size, 64) * torch.rand(*size, 1) * 100
    rows, row_scale = narrowed(x.reshape(-1, 64))
    weights, weight_scale = narrowed(layer.weight)
    true = (rows.float() * row_scale) @ (weights.float() * weight_scale).T + (layer.bias if has_bias else 0)
    made = Float8Linear(layer)(x)
    assert made.shape == (*size, 48)
    if made.numel():
        assert error(made.view(-1, 48), true) < 1e-6
        assert 1e-3 < error(made, layer(x)) < 0.05


def test_in_bfloat16_it_is_as_near() -> None:
    layer = _layer(256, 64, True, torch.bfloat16)
    x = torch.randn(33, 256, dtype=torch.bfloat16)
    made = Float8Linear(layer)(x)
    assert made.dtype is torch.bfloat16
    assert error(made, layer.float()(x.float())) < 0.05


@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")
@torch.no_grad()
def test_a_layer_is_compiled_whole_by_every_torch_that_is_used() -> None:
    """PyTorch 2.11 knows no other product of float8 in its graphs; what it does not know breaks them at each layer."""
    layer, x = Float8Linear(_layer(64, 48, True, torch.bfloat16)), torch.randn(7, 64, dtype=torch.bfloat16)
    graphs: list[torch.fx.GraphModule] = []

    def keep(graph: torch.fx.GraphModule, given: list[Tensor]) -> Any:
        graphs.append(graph)
        return graph.forward

    torch._dynamo.reset()
    made = torch.compile(layer, backend=keep, fullgraph=True)(x)
    torch.testing.assert_close(made, layer(x), rtol=0, atol=0)
    (graph,) = graphs
    assert torch._scaled_mm in {node.target for node in graph.graph.nodes}


def test_rows_of_any_size_keep_their_numbers() -> None:
    rows = torch.tensor([[0.0, 0.0, 0.0], [1e-30, -3e-30, 2e-30], [3e30, 1e30, -2e30], [448.0, 1.0, -0.5]])
    narrow_rows, scale = narrowed(rows)
    assert narrow_rows.float().isfinite().all()
    torch.testing.assert_close(narrow_rows.float() * scale, rows, rtol=1 / 16, atol=0)


@torch.no_grad()
def _made(model: WanTransformer) -> Tensor:
    return torch.cat([each.velocity.flatten() for each in model(wan_documents(model))])


def test_wan_keeps_what_stands_around_its_blocks() -> None:
    model = wan(**WAN)
    true = _made(model)
    chosen = narrow(model, model.blocks, CPU)
    layers = ["attention.query", "attention.out", "attention.keys.0", "attention.values.0"]
    in_block = [*layers, *(f"condition_{name}" for name in layers), "feed_forward.0", "feed_forward.2"]
    assert sorted(chosen) == sorted(f"blocks.{block}.{name}" for block in range(3) for name in in_block)
    kinds = {name: type(layer) for name, layer in model.named_modules() if isinstance(layer, nn.Linear)}
    assert {name for name, kind in kinds.items() if kind is Float8Linear} == set(chosen)
    assert {name.split(".")[0] for name, kind in kinds.items() if kind is nn.Linear} == {
        "enter",
        "leave",
        "time",
        "text",
    }
    assert {each.dtype for name, each in model.named_parameters() if "norm" in name} == {torch.float32}
    assert 1e-3 < error(_made(model), true) < 0.1


def test_blocks_at_the_ends_may_stay() -> None:
    model = wan(**WAN)
    assert {name.split(".")[1] for name in narrow(model, model.blocks, CPU, ends=1)} == {"1"}
    with pytest.raises(UnsupportedError, match=r"2 blocks at each end of 3 .* leaves none"):
        narrow(model, model.blocks, CPU, ends=2)


@torch.no_grad()
def test_ltx_keeps_its_gates() -> None:
    sizes = {"heads": 16, "head_width": 16, "sound_head_width": 8}
    model = ltx2(**LATER, **sizes)
    true = model(ltx_documents(model))[0].video.velocity
    chosen = narrow(model, model.blocks, CPU)
    assert not [name for name in chosen if "gates" in name]
    assert len(chosen) == 2 * 2 * (3 * 4 + 2)
    assert 1e-3 < error(model(ltx_documents(model))[0].video.velocity, true) < 0.1


def test_adapters_lie_beside_narrow_weights_and_go_again() -> None:
    model = wan(**WAN)
    narrow(model, model.blocks, CPU)
    before = _made(model)
    torch.manual_seed(4)
    names = [f"blocks.{block}.{name}.weight" for block in range(3) for name in ("attention.query", "feed_forward.2")]
    sizes = {name: model.get_parameter(name).shape for name in names}
    thin = {name: (torch.randn(4, into) * 0.2, torch.randn(out, 4) * 0.2) for name, (out, into) in sizes.items()}
    changes = {name: LowRank(down, up, 1.0) for name, (down, up) in thin.items()}
    adapter = Adapter(name="tiny", sha256="0" * 64, changes=changes)
    wide = wan(**WAN)
    merge = Merge(wide, [Weighted(adapter)])
    true = _made(wide)
    merge.undo()
    with attach(model, [Weighted(adapter)], torch.float32):
        made = _made(model)
        with Offload(model, model.blocks, CPU):
            assert torch.equal(_made(model), made)
    assert error(before, true) > 0.2
    assert error(made, true) < 0.1
    assert torch.equal(_made(model), before)
    with pytest.raises(UnsupportedError, match="attach the adapter beside it"):
        Merge(model, [Weighted(adapter)])


def test_what_cannot_be_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    model = wan()
    odd = wan(hidden_width=40)
    with pytest.raises(UnsupportedError, match=r"blocks\.0\.\S+ leads from 48 numbers to 40; float8 takes multiples"):
        narrow(odd, odd.blocks, CPU)
    assert why_not(torch.device("cuda")) is not None or torch.cuda.is_available()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: (8, 6))
    with pytest.raises(UnsupportedError, match=r"8\.9 \(Ada\) or later, and this one has 8\.6; keep them in bfloat16"):
        narrow(model, model.blocks, torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: (8, 9))
    assert why_not(torch.device("cuda")) is None
    assert why_not(torch.device("mps")) == "it is written for CUDA devices and CPUs, and this is mps"


@pytest.mark.gpu
def test_a_gpu_multiplies_what_was_narrowed() -> None:
    layer = _layer(256, 512, True, torch.bfloat16)
    x = torch.randn(300, 256, dtype=torch.bfloat16)
    made = Float8Linear(layer).to("cuda")(x.to("cuda"))
    assert error(made.cpu(), Float8Linear(layer)(x)) < 1e-2
