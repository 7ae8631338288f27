"""Manazir, as `manazir generate` uses it: a diffusers folder is brought into a library, and loaded from there."""

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.inference.compiling import compile_blocks
from manazir.inference.placement import Placement
from manazir.inference.wan.denoising import Request, denoise
from manazir.inference.wan.model import WanModel
from manazir.inference.wan.sampling import WanSampling
from manazir.kernels.attention import usual_backend
from manazir.models.packing import Document
from protocol import DTYPES, REQUESTS, Prepare, Work, inputs, serve

CPU = torch.device("cpu")


def measures(compiled: bool = False) -> Mapping[str, Prepare]:
    steps = {f"transformer {dtype}": partial(_transformer, dtype=dtype, compiled=compiled) for dtype in DTYPES}
    if compiled:
        return steps
    anew = {f"transformer {dtype}, words read anew": partial(_transformer, dtype=dtype, anew=True) for dtype in DTYPES}
    decoding = {f"decode {dtype}": partial(_decode, dtype=dtype) for dtype in DTYPES}
    return steps | anew | decoding | {name: partial(_request, noise) for name, noise in REQUESTS.items()}


def _model(cases: Path, case: str, dtype: str) -> WanModel:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "wan"
        list(bring_in(survey_folder(cases / case / "model", check_part), folder, "a benchmark"))
        model = WanModel(folder, Placement(dtype=DTYPES[dtype]))
        _ = model.transformer(), model.vae  # read now: the folder goes
        return model


def _transformer(cases: Path, dtype: str, *, anew: bool = False, compiled: bool = False) -> Work:
    given = {name: tensor[0].to(DTYPES[dtype]) for name, tensor in inputs(cases, "step").items()}
    transformer = _model(cases, "step", dtype).transformer()
    if compiled:
        compile_blocks(transformer)
    backend = usual_backend(CPU, DTYPES[dtype])
    timesteps = torch.full(given["latents"].shape[1:2], 500.0)
    once = transformer.read(given["words"])

    def work() -> Tensor:
        read = transformer.read(given["words"]) if anew else once
        return transformer([Document(given["latents"], timesteps, read)], backend)[0].velocity[None]

    return work


def _decode(cases: Path, dtype: str) -> Work:
    vae = _model(cases, "step", dtype).vae.to(DTYPES[dtype])
    latents = inputs(cases, "step")["other_latents"].to(DTYPES[dtype])
    return lambda: vae.decode(latents)


def _request(noise: str, cases: Path) -> Work:
    model, given = _model(cases, "request", "bfloat16"), inputs(cases, "request")
    request = Request(noise=given[noise][0], words=given["words"][0], unwanted=given["unwanted"][0])
    sampling = WanSampling(steps=4, shift=model.shift, backend=usual_backend(CPU, torch.bfloat16))

    def work() -> Tensor:
        *_, latents = denoise(model.experts(5.0), request, sampling)
        return (model.vae.decode(latents[None].float()) / 2 + 0.5).transpose(1, 2)

    return work


if __name__ == "__main__":
    serve("manazir", measures)
