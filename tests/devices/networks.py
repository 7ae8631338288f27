"""Tiny networks with random weights, and packs for them that are of no even size."""

import dataclasses
from typing import Any

import torch
from tests.random_weights import randomised
from torch import Tensor

from manazir.models.ltx import documents as ltx
from manazir.models.ltx.shape import LtxShape
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanShape, WanTransformer
from manazir.models.wan.vace import ContextDocument, VaceShape, VaceTransformer

WAN: dict[str, Any] = {
    "heads": 4,
    "head_width": 12,
    "channels_in": 6,
    "channels_out": 4,
    "text_width": 10,
    "time_width": 16,
    "hidden_width": 32,
    "layers": 2,
}
LTX: dict[str, Any] = {
    "heads": 4,
    "head_width": 12,
    "sound_head_width": 8,
    "channels": 5,
    "sound_channels": 6,
    "layers": 2,
    "text_width": 10,
}
LATER: dict[str, Any] = {"text_width": None, "is_gated": True, "modulates_words": True, "marks_pictures": True}


def wan(**others: Any) -> WanTransformer:
    torch.manual_seed(0)
    return randomised(WanTransformer(WanShape(**WAN | others))).requires_grad_(False)


def vace(**others: Any) -> VaceTransformer:
    torch.manual_seed(0)
    shape = VaceShape(**WAN | {"context_layers": (0, 1), "context_channels": 5} | others)
    return randomised(VaceTransformer(shape)).requires_grad_(False)


def ltx2(**others: Any) -> LtxTransformer:
    torch.manual_seed(0)
    return randomised(LtxTransformer(LtxShape(**LTX | others))).requires_grad_(False)


@torch.no_grad()
def wan_documents(model: WanTransformer, past: Any = None, is_kept: bool = False) -> list[Document]:
    """Three of 12, 6 and 3 tokens; the first two read the same words; the last one may have a past."""
    torch.manual_seed(1)
    dtype = model.enter.weight.dtype
    words, others = (model.read(torch.randn(count, 10).to(dtype)) for count in (5, 7))
    sizes = (6, 2, 4, 6), (6, 3, 4, 2), (6, 1, 2, 6)
    latents = [torch.randn(size).to(dtype) for size in sizes]
    first = Document(latents[0], torch.tensor([0.0, 700.0]), words, is_kept=is_kept)
    second = Document(latents[1], torch.full((3,), 400.0), words)
    third = Document(latents[2], torch.full((1,), 90.0), others, first_frame=2, past=past)
    documents = [first, second, third]
    return [_with_context(each) for each in documents] if isinstance(model, VaceTransformer) else documents


def _with_context(document: Document) -> ContextDocument:
    fields = {field.name: getattr(document, field.name) for field in dataclasses.fields(document)}
    context = torch.randn(5, *document.latents.shape[1:]).to(document.latents)
    return ContextDocument(**fields, context=context, strengths=(0.5, document.timesteps.max().item() / 500))


@torch.no_grad()
def ltx_documents(model: LtxTransformer, past: Any = None, is_kept: bool = False) -> list[ltx.Document]:
    """Both kinds, both isolated and blind in a layer, video alone, sound alone; the second may have a past."""
    torch.manual_seed(2)
    shape = model.shape
    width, sound_width = (shape.text_width or size for size in (shape.width, shape.sound_width))
    words, sound_words = model.read_video(torch.randn(4, width)), model.read_sound(torch.randn(3, sound_width))
    pictures = torch.tensor([True, False, False]) if shape.marks_pictures else None

    def video(count: int, seen: Any = None) -> ltx.Track:
        levels = torch.tensor([0.0, 800.0, 800.0])[:count]
        marks = None if pictures is None else pictures[:count]
        times = shape.video_times(count, 24.0)
        return ltx.Track(torch.randn(5, count, 2, 3), levels, times, words, are_pictures=marks, past=seen)

    def sound(count: int, seen: Any = None) -> ltx.Track:
        levels, times = torch.full((count,), 300.0), shape.sound_times(count)
        return ltx.Track(torch.randn(2, count, 3), levels, times, sound_words, past=seen)

    pasts = (None, None) if past is None else past
    return [
        ltx.Document(video=video(3), sound=sound(5), is_kept=is_kept),
        ltx.Document(video=video(1, pasts[0]), sound=sound(2, pasts[1])),
        ltx.Document(video=video(2), sound=sound(3), is_isolated=True, blind_layers=frozenset({1})),
        ltx.Document(video=video(1)),
        ltx.Document(sound=sound(1)),
    ]


def error(made: Tensor, true: Tensor) -> float:
    """Norm of the difference over the norm of what is true."""
    return float((made - true).float().norm() / true.float().norm())
