"""diffusers, as its documentation uses it; with --compiled, by torch.compile."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan, WanPipeline, WanTransformer3DModel
from torch import Tensor

from protocol import DTYPES, REQUESTS, Prepare, Work, inputs, serve


def measures(compiled: bool = False) -> Mapping[str, Prepare]:
    return {
        **{f"transformer {dtype}": partial(_transformer, dtype=dtype, compiled=compiled) for dtype in DTYPES},
        **{f"decode {dtype}": partial(_decode, dtype=dtype, compiled=compiled) for dtype in DTYPES},
        **{name: partial(_request, noise, dtype="bfloat16", compiled=compiled) for name, noise in REQUESTS.items()},
        **{f"{name} float32": partial(_request, noise, dtype="float32") for name, noise in REQUESTS.items()},
    }


def _transformer(cases: Path, dtype: str, compiled: bool) -> Work:
    given = {name: tensor.to(DTYPES[dtype]) for name, tensor in inputs(cases, "step").items()}
    transformer = WanTransformer3DModel.from_pretrained(cases / "step/model/transformer", torch_dtype=DTYPES[dtype])
    asked = torch.compile(transformer.eval()) if compiled else transformer.eval()
    timestep = torch.tensor([500.0])
    return lambda: asked(given["latents"], timestep, given["words"], return_dict=False)[0]


def _decode(cases: Path, dtype: str, compiled: bool) -> Work:
    vae = AutoencoderKLWan.from_pretrained(cases / "step/model/vae", torch_dtype=DTYPES[dtype]).eval()
    if compiled:
        vae.decoder.compile()
    latents = inputs(cases, "step")["other_latents"].to(DTYPES[dtype])
    mean, deviation = (
        torch.tensor(numbers, dtype=DTYPES[dtype]).view(-1, 1, 1, 1)
        for numbers in (vae.config.latents_mean, vae.config.latents_std)
    )
    return lambda: vae.decode(latents * deviation + mean, return_dict=False)[0]


def _request(noise: str, cases: Path, dtype: str, compiled: bool = False) -> Work:
    folder, given = cases / "request/model", inputs(cases, "request")
    vae = AutoencoderKLWan.from_pretrained(folder / "vae", torch_dtype=torch.float32)
    pipeline = WanPipeline.from_pretrained(folder, vae=vae, torch_dtype=DTYPES[dtype])
    pipeline.set_progress_bar_config(disable=True)
    if compiled:
        pipeline.transformer.compile()
    frames, height, width = given[noise].shape[2:]

    def work() -> Tensor:
        return pipeline(
            prompt_embeds=given["words"].to(DTYPES[dtype]),
            negative_prompt_embeds=given["unwanted"].to(DTYPES[dtype]),
            latents=given[noise],
            height=8 * height,
            width=8 * width,
            num_frames=4 * frames - 3,
            num_inference_steps=4,
            guidance_scale=5.0,
            output_type="pt",
        ).frames

    return work


if __name__ == "__main__":
    serve("diffusers", measures)
