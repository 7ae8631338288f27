import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from manazir.kernels.linear import linear, why_not


def _parts(rows: tuple[int, ...], dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randn(*rows, 24).to(dtype), torch.randn(40, 24).to(dtype), torch.randn(40).to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("rows", [(0,), (1,), (33,), (3, 17)])
@pytest.mark.parametrize("has_gelu", [False, True])
def test_it_computes_what_pytorch_does(rows: tuple[int, ...], dtype: torch.dtype, has_gelu: bool) -> None:
    x, weight, bias = _parts(rows, dtype)
    true = F.linear(x.float(), weight.float(), bias.float())
    true = F.gelu(true, approximate="tanh") if has_gelu else true
    made = linear(x, weight, bias, has_gelu=has_gelu)
    assert made.shape == true.shape
    assert made.dtype == dtype
    assert (made.float() - true).norm() <= (1e-6 if dtype is torch.float32 else 1e-2) * true.norm()


def test_rows_may_lie_apart_and_the_bias_may_be_missing() -> None:
    x, weight, _ = _parts((80,))
    torch.testing.assert_close(linear(x[::2], weight, None), F.linear(x[::2], weight))
    wide = torch.randn(64, 48)[:, ::2]
    torch.testing.assert_close(linear(wide, weight, None), F.linear(wide, weight))


def test_gradients_are_as_ever() -> None:
    x, weight, bias = _parts((64,))
    weight.requires_grad_()
    linear(x, weight, bias, has_gelu=True).sum().backward()
    own = weight.grad
    weight.grad = None
    F.gelu(F.linear(x, weight, bias), approximate="tanh").sum().backward()
    assert own is not None
    assert weight.grad is not None
    torch.testing.assert_close(own, weight.grad)


@torch.no_grad()
def test_it_says_why_onednn_is_not_asked() -> None:
    x, weight, _ = _parts((64,))
    if torch.backends.mkldnn.is_available():
        assert why_not(x, weight) is None
        assert why_not(x, weight.bfloat16()) == "the weight is stored in another way"
        assert why_not(x[:3], weight) == "there are too few rows"
        with torch.enable_grad():
            assert why_not(x, weight.clone().requires_grad_()) == "it computes no gradients"
    assert why_not(x.to("meta"), weight) == "it takes float32 and bfloat16 on CPUs only"
    assert why_not(x.double(), weight) == "it takes float32 and bfloat16 on CPUs only"


@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")
@torch.no_grad()
def test_the_compiler_is_left_to_choose() -> None:
    x, weight, bias = _parts((64,))
    compiled = torch.compile(linear, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x, weight, bias, has_gelu=True), linear(x, weight, bias, has_gelu=True))
