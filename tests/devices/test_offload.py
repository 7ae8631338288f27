"""Blocks that take turns compute what they compute when all are there, and few are ever there."""

from typing import Any

import pytest
import torch
from tests.devices.networks import LATER, ltx2, ltx_documents, vace, wan, wan_documents
from torch import Tensor, nn

from manazir.core.errors import UnsupportedError
from manazir.devices.offload import Offload, held_parameters
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanShape, WanTransformer

CPU = torch.device("cpu")
LAYERS = 5


class Watch:
    """Sees at each layer that computes how many blocks are on the device, and that it computes with what is there."""

    def __init__(self, network: Any, offload: Offload) -> None:
        self.most, self.seen = 0, []
        self._offload, self._network = offload, network
        for index, block in enumerate(network.stack):
            for layer in block.modules():
                if isinstance(layer, nn.Linear):
                    layer.register_forward_hook(lambda _layer, _inputs, _made, index=index: self._look(index))

    def _look(self, index: int) -> None:
        there = {block for block, each in enumerate(self._network.stack) if self._is_there(each)}
        assert there == {index}
        assert index in self._offload.held
        self.most = max(self.most, len(self._offload.held))
        if self.seen[-1:] != [index]:
            self.seen.append(index)

    def _is_there(self, block: nn.Module) -> bool:
        places = [place.memory for place in self._offload._places]
        insides = {any(_lies_in(weight, memory) for memory in places) for weight in block.parameters()}
        assert len(insides) == 1, "a block is there as a whole or not at all"
        return insides.pop()


def _lies_in(weight: Tensor, memory: Tensor) -> bool:
    return memory.data_ptr() <= weight.data_ptr() < memory.data_ptr() + memory.numel()


@torch.no_grad()
def _wan_made(model: WanTransformer) -> list[Tensor]:
    return [each.velocity for each in model(wan_documents(model))]


@pytest.mark.parametrize("ahead", [0, 1, 2, 9])
def test_wan_makes_the_same_with_few_blocks_there(ahead: int) -> None:
    model = wan(layers=LAYERS)
    before = {name: each.clone() for name, each in model.state_dict().items()}
    true = _wan_made(model)
    with Offload(model, model.blocks, CPU, ahead) as offload:
        watch = Watch(model, offload)
        for _ in range(2):
            made = _wan_made(model)
            assert all(torch.equal(*pair) for pair in zip(made, true, strict=True))
        assert watch.most == min(ahead + 1, LAYERS)
        assert watch.seen == [*range(LAYERS)] * 6  # two prompts are read, and a pack is predicted; twice
        assert offload.device_bytes == watch.most * offload.host_bytes // LAYERS
    after = model.state_dict()
    assert all(torch.equal(after[name], each) for name, each in before.items())


def test_wan_vace_makes_the_same_with_its_context_blocks_in_their_turn() -> None:
    model = vace(layers=3, context_layers=(0, 2))
    true = _wan_made(model)
    with Offload(model, model.stack, CPU) as offload:
        watch = Watch(model, offload)
        assert all(torch.equal(*pair) for pair in zip(_wan_made(model), true, strict=True))
    assert watch.most == 2
    assert watch.seen == [*range(5)] * 3


@torch.no_grad()
@pytest.mark.parametrize("others", [{}, LATER], ids=["LTX-2", "LTX-2.5"])
def test_ltx_makes_the_same(others: dict[str, Any]) -> None:
    model = ltx2(**others, layers=4)
    true = model(ltx_documents(model))
    with Offload(model, model.blocks, CPU) as offload:
        watch = Watch(model, offload)
        made = model(ltx_documents(model))
    for one, other in zip(made, true, strict=True):
        for track, expected in ((one.video, other.video), (one.sound, other.sound)):
            assert (track is None) == (expected is None)
            assert track is None or torch.equal(track.velocity, expected.velocity)
    assert watch.most == 2


def test_the_next_block_is_on_its_way_while_one_computes() -> None:
    model = wan(layers=LAYERS)
    with Offload(model, model.blocks, CPU, ahead=2) as offload:
        held: list[list[int]] = []
        for block in model.blocks:
            block.register_forward_hook(lambda _block, _inputs, _made: held.append(sorted(offload.held)))
        _wan_made(model)
    assert held == [sorted((index + step) % LAYERS for step in range(3)) for index in range(LAYERS)]


def test_numbers_of_several_kinds_and_buffers_go_along() -> None:
    model = nn.Sequential(*(nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3)) for _ in range(3))).eval()
    for block in model:
        assert isinstance(block, nn.Sequential)
        block[1].running_mean.normal_()
        block[1].double()
    x = torch.randn(4, 3)

    def made() -> Tensor:
        y = x
        for block in model:
            y = block[1](block[0](y).double()).float()
        return y

    true = made()
    with Offload(model, model, CPU):
        assert torch.equal(made(), true)
    assert torch.equal(made(), true)


def test_what_the_device_holds_is_told_beforehand() -> None:
    with torch.device("meta"):
        large = WanTransformer(WanShape())
    block = sum(each.numel() for each in large.blocks[0].parameters())
    held = held_parameters(large, large.blocks)
    assert 2 * block < held < 3 * block
    assert held_parameters(large, large.blocks, ahead=99) == sum(each.numel() for each in large.parameters())
    with pytest.raises(UnsupportedError, match="-1 blocks ahead; give 0 or more"):
        Offload(large, large.blocks, CPU, ahead=-1)


@pytest.mark.gpu
def test_a_gpu_makes_the_same_with_few_blocks_there() -> None:
    device = torch.device("cuda")
    model = wan(layers=8, heads=8, head_width=64, hidden_width=2048)
    given = [each.to(device) for each in (torch.randn(6, 5, 32, 32), torch.full((5,), 500.0))]
    whole = wan(layers=8, heads=8, head_width=64, hidden_width=2048).to(device)
    words = torch.randn(7, 10, device=device)
    with torch.no_grad():
        true = whole([Document(*given, whole.read(words))])[0].velocity
        with Offload(model, model.blocks, device) as offload:
            for _ in range(3):
                made = model([Document(*given, model.read(words))])[0].velocity
                assert torch.equal(made, true)
            assert offload.device_bytes == offload.host_bytes // 4
