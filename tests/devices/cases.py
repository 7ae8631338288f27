"""What each of several processes does in a test: the same as one process alone, and how far that is from it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch
import torch.distributed as dist
from tests.devices.networks import error, ltx2, ltx_documents, wan, wan_documents
from torch import Tensor

from manazir.core.errors import ManazirError
from manazir.devices.branches import predict
from manazir.devices.float8 import narrow
from manazir.devices.mesh import Mesh, Parallel, mesh
from manazir.devices.offload import Offload
from manazir.devices.tensor import share_weights
from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.sampling import WanSampling
from manazir.models.narrow import narrowed
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanTransformer

CPU = torch.device("cpu")


def _laid(parallel: Parallel, model: Any) -> Mesh:
    laid = mesh(parallel, CPU)
    share_weights(model, laid)
    return laid


@torch.no_grad()
def wan_case(
    parallel: Parallel,
    backend: str = "sdpa",
    dtype: torch.dtype = torch.float32,
    tokens: int = 0,
    network: Callable[[], WanTransformer] = wan,
) -> float:
    """The largest error of any document.

    Args:
        tokens: of the one document that there is; 0: several larger ones.
    """
    alone, model = network().to(dtype), network().to(dtype)
    laid = _laid(parallel, model)

    def documents(network: WanTransformer) -> list[Document]:
        given = wan_documents(network)
        return [replace(given[2], latents=given[2].latents[..., : 2 * tokens])] if tokens else given

    made = predict(laid, partial(model, backend=backend), documents(model), model.shape.heads)
    true = alone(documents(alone))
    return max(error(one.velocity, other.velocity) for one, other in zip(made, true, strict=True))


@torch.no_grad()
def wan_past_case(parallel: Parallel) -> tuple[float, ...]:
    """Errors of keys and values that are kept, and of what goes on from them or one process's; from narrow ones too."""
    alone, model = wan(), wan()
    laid = _laid(parallel, model)
    true_kept = alone(wan_documents(alone, is_kept=True))[0].keys_values
    true = alone(wan_documents(alone, past=true_kept))[2].velocity
    kept = predict(laid, model, wan_documents(model, is_kept=True), 4)[0].keys_values
    here = laid.attended_heads(4)
    layers = zip(kept, true_kept, strict=True)
    pairs = [(own, every[:, here]) for ours, all_ in layers for own, every in zip(ours, all_, strict=True)]
    made = predict(laid, model, wan_documents(model, past=kept), 4)[2].velocity
    other = predict(laid, model, wan_documents(model, past=true_kept), 4)[2].velocity
    narrow_true = alone(wan_documents(alone, past=[narrowed(layer) for layer in true_kept]))[2].velocity
    narrow_pasts = [[narrowed(layer) for layer in past] for past in (kept, true_kept)]
    narrow_made = [predict(laid, model, wan_documents(model, past=past), 4)[2].velocity for past in narrow_pasts]
    errors = [error(each, narrow_true) for each in narrow_made]
    return max(error(*pair) for pair in pairs), error(made, true), error(other, true), *errors


def _velocities(predicted: Any) -> list[Tensor]:
    return [track.velocity for each in predicted for track in (each.video, each.sound) if track is not None]


@torch.no_grad()
def ltx_case(parallel: Parallel, others: dict[str, Any], goes_on: bool) -> float:
    """The largest error of any track."""
    alone, model = ltx2(**others), ltx2(**others)
    laid = _laid(parallel, model)
    past = kept = None
    if goes_on:
        first = alone(ltx_documents(alone, is_kept=True))[0]
        past = first.video.keys_values, first.sound.keys_values
        ours = predict(laid, model, ltx_documents(model, is_kept=True), 4)[0]
        kept = ours.video.keys_values, ours.sound.keys_values
    made = _velocities(predict(laid, model, ltx_documents(model, past=kept), 4))
    true = _velocities(alone(ltx_documents(alone, past=past)))
    return max(error(*pair) for pair in zip(made, true, strict=True))


def denoise_case(parallel: Parallel, scale: float) -> tuple[float, float]:
    """The error of a film's latents, and how far processes are from each other; only the first has the right noise."""
    torch.manual_seed(3)
    alone, model = (wan(channels_in=4), wan(channels_in=4))
    words, unwanted, noise = torch.randn(5, 10), torch.randn(5, 10), torch.randn(4, 3, 6, 2)
    laid, sampling = _laid(parallel, model), WanSampling(steps=3)
    request = Request(noise=noise, words=words, unwanted=unwanted)
    *_, true = denoise([Expert(lambda: alone, scale)], request, sampling)
    other = Request(noise=noise + dist.get_rank(), words=words, unwanted=unwanted)
    *_, made = denoise([Expert(lambda: model, scale)], other, sampling, laid)
    spread = [torch.empty_like(made) for _ in range(parallel.devices)]
    dist.all_gather(spread, made.contiguous())
    return error(made, true), max(float((each - made).abs().max()) for each in spread)


@torch.no_grad()
def refused_case(parallel: Parallel, **others: Any) -> str:
    """The message with which a mesh, or a prediction on it, is refused."""
    is_kept, past_heads, is_narrow = (others.pop(name, 0) for name in ("is_kept", "past_heads", "is_narrow"))
    model = wan(**others)
    if is_narrow:
        narrow(model, model.blocks, CPU)
    try:
        laid = _laid(parallel, model)
        past = [(torch.zeros(3, past_heads, 12),) * 2] * 2 if past_heads else None
        predict(laid, model, wan_documents(model, past, bool(is_kept)), model.shape.heads)
    except ManazirError as refused:
        return f"{type(refused).__name__}: {refused}"
    return "nothing was refused"


@torch.no_grad()
def stacked_case(parallel: Parallel) -> tuple[float, int]:
    """The largest error of any document with all forms at once, which float8 makes; and blocks that were held."""
    sizes = {"head_width": 16, "hidden_width": 96, "layers": 4}
    alone, model = wan(**sizes), wan(**sizes)
    laid = _laid(parallel, model)
    narrow(model, model.blocks, CPU)
    with Offload(model, model.blocks, CPU) as offload:
        made = predict(laid, model, wan_documents(model), 4)
        held = len(offload.held)
    true = alone(wan_documents(alone))
    return max(error(one.velocity, other.velocity) for one, other in zip(made, true, strict=True)), held


def weights_case(parallel: Parallel) -> tuple[int, int]:
    """Weights of the blocks in one process alone, and here."""
    alone, model = wan(), wan()
    _laid(parallel, model)
    return sum(each.numel() for each in alone.blocks.parameters()), sum(e.numel() for e in model.blocks.parameters())
