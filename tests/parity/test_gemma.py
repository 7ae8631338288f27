"""Prompts are read as diffusers' LTX-2 pipelines read them."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import LTX2Pipeline
from tests.open_ltx import LTX_2_3, LTX_2_5, save_tiny_ltx, tiny_tokenizer

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.gemma import load_layered_encoder
from manazir.checkpoints.ltx import ltx_connectors_shape, ltx_connectors_weights
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.ltx.connectors import Connectors
from manazir.models.text.gemma import LayeredEncoder

PROMPTS = ["a red ball", "  a red ball falls \n and rolls", "", "red " * 20]
PLACES = 32


@pytest.fixture(scope="module", params=[{}, LTX_2_3, LTX_2_5], ids=["LTX-2", "LTX-2.3", "LTX-2.5"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ltx(tmp_path_factory.mktemp("ltx"), **request.param)


def _connectors(theirs: Any, dtype: torch.dtype) -> Connectors:
    ours = Connectors(ltx_connectors_shape(dict(theirs.config))).to(dtype).eval()
    fill(ours, ltx_connectors_weights(theirs.state_dict()), "tiny connectors")
    return ours


def _reader(folder: Path, dtype: torch.dtype = torch.float32) -> LayeredEncoder:
    index = json.loads((folder / "model_index.json").read_text())
    return load_layered_encoder(folder, index["text_encoder"][1], dtype)


def _states(folder: Path, dtype: torch.dtype) -> tuple[Any, torch.Tensor, torch.Tensor]:
    pipeline = LTX2Pipeline.from_pretrained(folder, dtype=dtype)
    states, mask, _, _ = pipeline.encode_prompt(PROMPTS, do_classifier_free_guidance=False, max_sequence_length=PLACES)
    return pipeline, states, mask


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)])
@torch.no_grad()
def test_prompts_become_the_words_that_diffusers_makes_of_them(folder: Path, dtype: torch.dtype, most: float) -> None:
    """Random layers carry rounding far: in bfloat16 we may be half as far from theirs as they are from float32."""
    (pipeline, states, mask), (_, precise, _) = _states(folder, dtype), _states(folder, torch.float32)
    words, sound_words, _ = pipeline.connectors(states, mask)
    reader, connectors = _reader(folder, dtype), _connectors(pipeline.connectors, dtype)
    assert mask.sum(1).tolist() == [8, 25, 1, PLACES]
    for index, prompt in enumerate(PROMPTS):
        made = reader.encode(prompt, PLACES)
        count = int(mask[index].sum())
        true = states[index, PLACES - count :]
        assert made.dtype is dtype
        assert made.shape == (count, 12, 4)
        assert _error(made.flatten(1), true) < max(most, 0.5 * _error(true, precise[index, PLACES - count :]))
        told = connectors(true.unflatten(1, (12, 4)), length=PLACES)
        for part, heard in zip(told, (words, sound_words), strict=True):
            assert _error(part, heard[index]) < most


def _error(made: torch.Tensor, true: torch.Tensor) -> float:
    assert made.shape == true.shape
    return float((made - true).float().norm() / true.float().norm())


def test_a_folder_without_an_encoder_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no text encoder of LTX-2 in .*; import the model again"):
        load_layered_encoder(tmp_path, "Gemma3ForConditionalGeneration", torch.float32)
    with pytest.raises(UnsupportedError, match="prompts that T5EncoderModel reads; this version can do Gemma3"):
        load_layered_encoder(folder, "T5EncoderModel", torch.float32)


def test_a_prompt_of_which_nothing_is_left_is_refused(folder: Path) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.backend_tokenizer.post_processor = None
    reader = LayeredEncoder(tokenizer, _reader(folder).model)
    with pytest.raises(UnsupportedError, match="nothing to read in the prompt"):
        reader.encode("  ", PLACES)
