"""Whether a text encoder's weights are those of its network: names and shapes against transformers' own."""

import re
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from manazir.checkpoints.bounded import no_larger_than
from manazir.checkpoints.bundle import check_fit
from manazir.checkpoints.headers import Stored
from manazir.core.errors import CheckpointError

TEXT_ENCODERS = {"UMT5EncoderModel": "UMT5Config", "T5EncoderModel": "T5Config"}
"""Networks of transformers that are stored under the names that they have, and their configurations."""


def check_text_encoder(class_name: str, config: Mapping[str, Any], weights: Mapping[str, Stored], what: str) -> bool:
    """Hold a text encoder's weights against its network; False: transformers is not installed.

    Raises:
        CheckpointError: they are of another network.
    """
    if find_spec("transformers") is None:
        return False
    transformers: Any = import_module("transformers")
    kind = getattr(transformers, class_name)
    try:
        with torch.device("meta"), no_larger_than(len(weights)):
            network: nn.Module = kind(getattr(transformers, TEXT_ENCODERS[class_name]).from_dict(dict(config)))
    except Exception as error:  # whatever a class that is not ours makes of a configuration
        raise CheckpointError(f"{what} has a configuration that is none of {class_name} ({error})") from error
    stray = re.compile("|".join(kind._keys_to_ignore_on_load_unexpected or ["(?!)"]))
    given = {
        name: torch.empty(stored.shape, device="meta") for name, stored in weights.items() if not stray.search(name)
    }
    check_fit(network, _with_aliases(network, given), what)
    return True


def _with_aliases(network: nn.Module, given: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights that have several names are stored under one of them."""
    whole = dict(given)
    names: dict[int, list[str]] = {}
    for name, weight in network.named_parameters(remove_duplicate=False):
        names.setdefault(id(weight), []).append(name)
    for same in names.values():
        stored = next((given[name] for name in same if name in given), None)
        if stored is not None:
            whole |= {name: given.get(name, stored) for name in same}
    return whole
