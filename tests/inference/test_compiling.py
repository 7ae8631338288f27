import pytest
import torch

from manazir.inference.compiling import compile_blocks
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanShape, WanTransformer
from manazir.models.wan.vace import ContextDocument, VaceShape, VaceTransformer

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")
SHAPE = WanShape(heads=2, head_width=12, channels_in=4, channels_out=4, text_width=10, hidden_width=32, layers=4)


@torch.no_grad()
def test_all_blocks_share_one_compilation_and_compute_the_same() -> None:
    torch.manual_seed(0)
    transformer = WanTransformer(SHAPE).eval()
    for weight in transformer.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    names = list(transformer.state_dict())
    read, other = (transformer.read(torch.randn(5, 10)) for _ in range(2))
    first, second = torch.randn(2, 4, 2, 4, 4)
    kept = transformer([Document(first, torch.zeros(2), read, is_kept=True)])[0].keys_values
    document = Document(second, torch.full((2,), 600.0), read, first_frame=2, past=kept)
    branches = [document, Document(second, torch.full((2,), 600.0), other, first_frame=2, past=kept)]
    true = transformer(branches)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    compile_blocks(transformer, backend="eager", fullgraph=True)
    for expected, made in zip(true, transformer(branches), strict=True):
        torch.testing.assert_close(made.velocity, expected.velocity, atol=1e-5, rtol=1e-5)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert list(transformer.state_dict()) == names


@torch.no_grad()
def test_context_blocks_are_compiled_too() -> None:
    torch.manual_seed(0)
    sizes = {field: getattr(SHAPE, field) for field in SHAPE.__dataclass_fields__}
    transformer = VaceTransformer(VaceShape(**sizes, context_layers=(0, 2), context_channels=5)).eval()
    for weight in transformer.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    read = transformer.read(torch.randn(5, 10))
    document = ContextDocument(torch.randn(4, 2, 4, 4), torch.full((2,), 9.0), read, context=torch.randn(5, 2, 4, 4))
    true = transformer([document])[0].velocity
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    compile_blocks(transformer, backend="eager", fullgraph=True)
    torch.testing.assert_close(transformer([document])[0].velocity, true, atol=1e-5, rtol=1e-5)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 2  # of each kind of block
