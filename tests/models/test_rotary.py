import pytest
import torch

from manazir.models.rotary import rotary, turned

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script_method.*:DeprecationWarning")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_compiled_or_not_the_same_is_turned(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    by = rotary(torch.randint(0, 50, (7, 3)), (4, 4, 4), theta=10_000.0)
    x = torch.randn(7, 2, 12).to(dtype)
    compiled = torch.compile(turned, backend="eager", fullgraph=True)
    torch.testing.assert_close(turned(x, by), compiled(x, by), atol=1e-6, rtol=1e-6)
    assert turned(x, by).dtype is dtype
