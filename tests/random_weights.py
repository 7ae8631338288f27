"""Networks in which every weight matters, as tests of several rooms compare them."""

from typing import TypeVar

from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def randomised(network: Network) -> Network:
    """Every weight random, also those that begin at zero or one; sizes such that numbers stay near one."""
    for weight in network.parameters():
        nn.init.normal_(weight, std=0.3 if weight.ndim < 2 else weight[0].numel() ** -0.5)
    return network.eval()
