"""Prompts as LTX-2 reads them: what every layer of Gemma makes of each piece of a word.

Gemma and its tokenizer are transformers' own; here is what is done to words before and after. LTX-2 was taught with
prompts that stand at the end of 1024 places; what stands before them is not seen, so it need not be reckoned with, if
only the words keep their places. A prompt of a hundred pieces costs a tenth.
"""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import UnsupportedError

LTX_PLACES = 1024
"""Places of a prompt that every LTX-2 was taught with."""


@dataclass(frozen=True, slots=True)
class LayeredEncoder:
    """A tokenizer, and the language model whose pieces it makes."""

    tokenizer: Any
    model: Any

    @torch.no_grad()
    def encode(self, prompt: str, places: int = LTX_PLACES) -> Float[Tensor, "m e k"]:
        """What each layer makes of a prompt: first the embeddings, last what comes after the last norm.

        Args:
            places: at most so many pieces are read; what is longer is cut off.

        Raises:
            UnsupportedError: the tokenizer makes nothing of it.
        """
        pieces = self.tokenizer(prompt.strip(), truncation=True, max_length=places).input_ids
        if not pieces:
            raise UnsupportedError(f"nothing to read in the prompt {prompt!r}: its tokenizer marks no beginning")
        device = next(self.model.parameters()).device
        numbers = torch.tensor([pieces], device=device)
        at = torch.arange(places - len(pieces), places, device=device)[None]
        made = self.model(numbers, position_ids=at, output_hidden_states=True, use_cache=False)
        return torch.stack(made.hidden_states, dim=-1)[0]
