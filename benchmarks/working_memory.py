"""What is counted before a film is made, held against what is taken: python benchmarks/working_memory.py

Small networks with random weights on the CPU; the peak is that of torch's own memory, allocation by allocation.
Writes benchmarks/results/working-memory.json.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from manazir.inference.ltx.clip import pixels_of
from manazir.inference.ltx.coding import enlarging_bytes, sound_coding_bytes, video_coding_bytes
from manazir.inference.working import ltx_block_bytes, wan_block_bytes, wan_decoding_bytes
from manazir.models.codecs.levels import to_frames
from manazir.models.codecs.ltx_audio import LtxAudioCodec, LtxAudioShape
from manazir.models.codecs.ltx_upsampler import LtxUpsampler, LtxUpsamplerShape
from manazir.models.codecs.ltx_video import LtxVideoCodec
from manazir.models.codecs.ltx_video_shape import BOTH, SAME, SPACE, TIME, LtxVideoShape, StageShape
from manazir.models.codecs.ltx_vocoder import LTX_2_3_VOCODER, LtxVocoder, LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LTX_2_3_EXTENSION, LtxWideVocoder, LtxWideVocoderShape
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.codecs.wan_vae_shape import WanVaeShape
from manazir.models.ltx import documents as ltx
from manazir.models.ltx.shape import LtxShape
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanShape, WanTransformer
from provenance import provenance

RESULTS = Path(__file__).parent / "results" / "working-memory.json"


def peak_bytes(work: Callable[[], object]) -> int:
    """The most that is allocated at once, beside what is there before."""
    work()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as told:
        kept = work()
    del kept
    assert told.profiler is not None
    events = [each for each in told.profiler.kineto_results.events() if each.name() == "[memory]"]
    now = most = 0
    for each in sorted(events, key=lambda each: each.start_ns()):
        now += each.nbytes()
        most = max(most, now)
    return most


def wan_step(heads: int, hidden: int, dtype: torch.dtype, frames: int, side: int, documents: int) -> dict[str, Any]:
    shape = WanShape(heads=heads, head_width=32, hidden_width=hidden, text_width=64, layers=2)
    network = WanTransformer(shape).to(dtype).eval()
    latents, words = torch.randn(16, frames, side, side, dtype=dtype), network.read(torch.randn(32, 64, dtype=dtype))
    pack = [Document(latents, torch.full((frames,), 500.0), words)] * documents
    tokens = documents * frames * side * side // 4
    counted = wan_block_bytes(tokens, shape.width, hidden, dtype.itemsize)
    what = (
        f"a step of Wan, {documents} x {tokens // documents} tokens of {shape.width}, {hidden} hidden, {_name(dtype)}"
    )
    return {"what": what, "counted_bytes": counted, "peak_bytes": peak_bytes(lambda: network(pack))}


def ltx_step(dtype: torch.dtype, frames: int) -> dict[str, Any]:
    shape = LtxShape(heads=4, head_width=32, sound_head_width=16, layers=2, text_width=64)
    network = LtxTransformer(shape).to(dtype).eval()
    video, sound = (torch.randn(16, 64, dtype=dtype) for _ in range(2))
    words, sound_words = network.read_video(video), network.read_sound(sound)
    pixels = torch.randn(shape.channels, frames, 8, 8, dtype=dtype)
    spectra = torch.randn(8, 2 * frames, 16, dtype=dtype)
    document = ltx.Document(
        video=ltx.Track(pixels, torch.full((frames,), 500.0), shape.video_times(frames, 24.0), words, level=500.0),
        sound=ltx.Track(
            spectra, torch.full((2 * frames,), 500.0), shape.sound_times(2 * frames), sound_words, level=500.0
        ),
    )
    counted = ltx_block_bytes(64 * frames, shape.width, dtype.itemsize)
    what = f"a step of LTX-2, {64 * frames} tokens of {shape.width}, {_name(dtype)}"
    return {"what": what, "counted_bytes": counted, "peak_bytes": peak_bytes(lambda: network([document]))}


def wan_coding(width: int, frames: int, side: int) -> list[dict[str, Any]]:
    shape = WanVaeShape(width=width, decoder_width=width)
    vae, latents = WanVae(shape).eval(), torch.randn(1, shape.latent_channels, frames, side, side)
    pixels = side * shape.compression
    video = torch.randn(1, 3, 1 + 4 * (frames - 1), pixels, pixels)
    counted = wan_decoding_bytes(shape, side, side)

    def decode() -> None:
        for _ in vae.decode_chunks(latents):
            pass

    works: dict[str, Callable[[], object]] = {"decoding": decode, "encoding": lambda: vae.encode(video)}
    sized = f"{frames} latent frames of {side}x{side}, width {width}, float32"
    return [
        {"what": f"{name}, {sized}", "counted_bytes": counted, "peak_bytes": peak_bytes(work)}
        for name, work in works.items()
    ]


def ltx_coding(width: int, frames: int, side: int, dtype: torch.dtype, *, is_later: bool) -> list[dict[str, Any]]:
    """As LTX-2's codec, or LTX-2.3's, with two blocks at each size."""
    sizes = [(1, SAME), (2, SPACE), (4, TIME), (8, BOTH), (16, BOTH)]
    back = [(8, SAME), (4, BOTH), (2, BOTH), (1, BOTH)]
    if is_later:
        back = [(8, SAME), (4, BOTH), (4, BOTH), (2, TIME), (1, SPACE)]
    shape = LtxVideoShape(
        latent_channels=16,
        encoder=tuple(StageShape(width=width * each, blocks=2, stride=stride) for each, stride in sizes),
        decoder=tuple(StageShape(width=width * each, blocks=2, stride=stride) for each, stride in back),
        decoder_padding="zeros" if is_later else "reflect",
        decoder_has_shortcuts=not is_later,
    )
    codec = LtxVideoCodec(shape).to(dtype).eval()
    latents = torch.randn(1, 16, frames, side, side, dtype=dtype)
    video = torch.randn(1, 3, 1 + 8 * (frames - 1), 32 * side, 32 * side, dtype=dtype)
    counted = video_coding_bytes(shape, frames, side, side, dtype.itemsize)
    named = "LTX-2.3" if is_later else "LTX-2"

    def decode() -> None:
        pixels = pixels_of(codec.decode(latents)[0])
        to_frames(pixels.permute(0, 3, 1, 2) * 2 - 1)

    sized = f"{named}, {frames} latent frames of {side}x{side}, width {width}, {_name(dtype)}"
    return [
        {
            "what": f"decoding, {sized}",
            "counted_bytes": counted,
            "peak_bytes": peak_bytes(decode),
        },
        {"what": f"encoding, {sized}", "counted_bytes": counted, "peak_bytes": peak_bytes(lambda: codec.encode(video))},
    ]


def ltx_sound(width: int, latent_frames: int, *, is_later: bool) -> dict[str, Any]:
    """Spectra, and sound of them; all vocoders are as released but for their width."""
    audio, bands = LtxAudioShape(widths=(width // 8, width // 4, width // 2)), 16
    shape: LtxVocoderShape | LtxWideVocoderShape = LtxVocoderShape(width=width)
    vocoder: LtxVocoder | LtxWideVocoder = LtxVocoder(LtxVocoderShape(width=width))
    if is_later:
        steps = replace(LTX_2_3_VOCODER, width=width), replace(LTX_2_3_EXTENSION, width=width // 2)
        shape = LtxWideVocoderShape(first=steps[0], second=steps[1])
        vocoder = LtxWideVocoder(shape)
    codec = LtxAudioCodec(audio).eval()
    latents = torch.randn(1, audio.latent_channels, latent_frames, bands)
    counted = sound_coding_bytes(audio, shape, latent_frames * 4)
    named = "LTX-2.3" if is_later else "LTX-2"
    what = f"sound, {named}, {latent_frames} latent frames, width {width}, float32"
    return {"what": what, "counted_bytes": counted, "peak_bytes": peak_bytes(lambda: vocoder(codec.decode(latents)))}


def ltx_enlarging(width: int, frames: int, side: int, dtype: torch.dtype) -> dict[str, Any]:
    shape = LtxUpsamplerShape(latent_channels=16, width=width, blocks=1)
    upsampler, latents = LtxUpsampler(shape).to(dtype).eval(), torch.randn(1, 16, frames, side, side, dtype=dtype)
    counted = enlarging_bytes(shape, frames, 2 * side, 2 * side, dtype.itemsize)
    what = f"enlarging, LTX-2, {frames} latent frames of {side}x{side}, width {width}, {_name(dtype)}"
    return {"what": what, "counted_bytes": counted, "peak_bytes": peak_bytes(lambda: upsampler(latents))}


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


@torch.no_grad()
def main() -> None:
    torch.manual_seed(0)
    bf16, fp32 = torch.bfloat16, torch.float32
    rows = [
        *(wan_step(4, 512, dtype, 3, 32, documents) for dtype in (bf16, fp32) for documents in (1, 2)),
        *(wan_step(8, 688, dtype, 5, 24, 2) for dtype in (bf16, fp32)),
        *(ltx_step(dtype, frames) for dtype in (bf16, fp32) for frames in (8, 12)),
        *wan_coding(16, 4, 8),
        *wan_coding(24, 6, 12),
        *(row for later in (False, True) for row in ltx_coding(32, 4, 6, bf16, is_later=later)),
        *(row for later in (False, True) for row in ltx_coding(64, 3, 8, fp32, is_later=later)),
        *(ltx_sound(width, 50, is_later=later) for width in (512, 1024) for later in (False, True)),
        ltx_enlarging(256, 8, 8, bf16),
        ltx_enlarging(256, 8, 8, fp32),
    ]
    for row in rows:
        row["counted_over_peak"] = round(row["counted_bytes"] / row["peak_bytes"], 3)
        print(
            f"{row['what']:70} {row['counted_bytes']:>12,} counted, {row['peak_bytes']:>12,} taken, "
            f"{row['counted_over_peak']:.2f} times"
        )
    RESULTS.write_text(json.dumps({**provenance(), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
