"""Prompts are encoded as diffusers' Wan pipelines encode them."""

from pathlib import Path

import pytest
import torch
from diffusers import WanPipeline
from tests.open_weights import save_tiny_wan

from manazir.checkpoints.transformers_parts import load_prompt_encoder
from manazir.core.errors import CheckpointError

PROMPTS = ["a red ball", "  a   ball &amp;amp; a red\n ball ", "", "red " * 600]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_wan(tmp_path_factory.mktemp("wan"))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_prompts_are_encoded_as_diffusers_encodes_them(folder: Path, dtype: torch.dtype) -> None:
    pipeline = WanPipeline.from_pretrained(folder, dtype=dtype)
    with torch.no_grad():
        true, _ = pipeline.encode_prompt(PROMPTS, do_classifier_free_guidance=False, max_sequence_length=512)
    made = load_prompt_encoder(folder, dtype).encode(PROMPTS)
    assert made.dtype is dtype
    assert made.shape == (4, 512, 16)
    assert float((made - true).float().norm() / true.float().norm()) <= (1e-5 if dtype is torch.float32 else 1e-2)
    assert not made[0, 8:].any()  # behind the words
    assert made[3].any(1).all()  # cut off


def test_a_folder_without_an_encoder_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no text encoder of Wan in .*; import the model again"):
        load_prompt_encoder(tmp_path, torch.float32)
    for part in ("tokenizer", "text_encoder"):
        (tmp_path / part).mkdir()
        for file in (folder / part).iterdir():
            if file.suffix != ".safetensors":
                (tmp_path / part / file.name).write_bytes(file.read_bytes())
    with pytest.raises(CheckpointError, match="no text encoder of Wan"):
        load_prompt_encoder(tmp_path, torch.float32)
