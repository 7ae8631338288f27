"""What the peers of benchmarks/engine_cpu.py are given: two small Wans of random weights, and their inputs.

`step` is one step's worth of work of the sizes that engines are compared with elsewhere. `request` has Wan 2.1 1.3B's
proportions: half its width and half its depth, and an autoencoder of a third of the width, make either an eighth or a
ninth of the work that it is in the real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import T5TokenizerFast, UMT5Config, UMT5EncoderModel

WORDS = 64
"""Rows of a prompt: of 512 that Wan reads, in proportion to the few tokens here."""
WORD_WIDTH = 512
CHANNELS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A model, and the size of what it makes."""

    heads: int
    hidden_width: int
    layers: int
    vae_width: int = 32
    latents: tuple[int, int, int]
    """Frames, rows, columns."""
    others: tuple[int, int, int] | None = None
    """Of other latents: to be decoded by themselves, or of a second request."""


CASES = {
    "step": Case(heads=4, hidden_width=2048, layers=4, latents=(3, 40, 40), others=(3, 12, 20)),
    "request": Case(heads=6, hidden_width=4480, layers=15, latents=(3, 16, 20), others=(3, 12, 20)),
}
TINY = {
    "step": Case(heads=1, hidden_width=64, layers=1, vae_width=8, latents=(2, 4, 4), others=(2, 4, 4)),
    "request": Case(heads=1, hidden_width=64, layers=1, vae_width=8, latents=(2, 4, 4), others=(2, 2, 4)),
}
"""For rehearsals."""


def save_cases(folder: Path, cases: Mapping[str, Case]) -> None:
    """Make what is not there yet: each case's model as its publisher would save it, and its inputs."""
    for name, case in cases.items():
        if (folder / name / "inputs.safetensors").exists():
            continue
        torch.manual_seed(0)
        _pipeline(case).save_pretrained(folder / name / "model")
        save_file(_inputs(case), folder / name / "inputs.safetensors")


def _pipeline(case: Case) -> Any:
    """Weights of the transformer in bfloat16, of the autoencoder in float32; all random, those too that begin as 1."""
    transformer = WanTransformer3DModel(
        num_attention_heads=case.heads,
        attention_head_dim=128,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        text_dim=WORD_WIDTH,
        freq_dim=256,
        ffn_dim=case.hidden_width,
        num_layers=case.layers,
    )
    for name, weight in transformer.named_parameters():
        if "norm" in name:
            torch.nn.init.normal_(weight, mean=float(name.endswith("weight")), std=0.1)
    words = UMT5Config(vocab_size=8, d_model=WORD_WIDTH, d_kv=8, d_ff=16, num_layers=1, num_heads=1)
    return WanPipeline(
        tokenizer=T5TokenizerFast(vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)], extra_ids=0),
        text_encoder=UMT5EncoderModel(words).to(torch.bfloat16),
        vae=AutoencoderKLWan(base_dim=case.vae_width),
        scheduler=UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        transformer=transformer.to(torch.bfloat16),
    )


def _inputs(case: Case) -> dict[str, Tensor]:
    given = {
        "latents": torch.randn(1, CHANNELS, *case.latents),
        "words": torch.randn(1, WORDS, WORD_WIDTH).bfloat16().float(),
        "unwanted": torch.randn(1, WORDS, WORD_WIDTH).bfloat16().float(),
    }
    if case.others:
        given["other_latents"] = torch.randn(1, CHANNELS, *case.others)
    return given
