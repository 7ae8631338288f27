"""Linear layers of networks for open weights, computed as `kernels.linear` does."""

from jaxtyping import Float
from torch import Tensor, nn

from manazir.kernels.linear import linear


class Linear(nn.Linear):
    """PyTorch's own, but for how it is computed."""

    def forward(self, input: Float[Tensor, "*n i"]) -> Float[Tensor, "*n o"]:
        """Row by row."""
        return linear(input, self.weight, self.bias)


class FeedForward(nn.Sequential):
    """To a larger width, GELU, and back."""

    def __init__(self, width: int, hidden_width: int) -> None:
        super().__init__(Linear(width, hidden_width), nn.GELU(approximate="tanh"), Linear(hidden_width, width))

    def forward(self, input: Float[Tensor, "*n d"]) -> Float[Tensor, "*n d"]:
        """Row by row. A first layer that was exchanged, for adapters say, computes its own way."""
        widen, gelu, narrow = self
        if type(widen) is Linear and not (widen._forward_hooks or widen._forward_pre_hooks):
            hidden = linear(input, widen.weight, widen.bias, has_gelu=True)
        else:
            hidden = gelu(widen(input))
        result: Tensor = narrow(hidden)
        return result
