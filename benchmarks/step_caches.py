"""What step caches cost in quality, beside the time that they save: python benchmarks/step_caches.py [--clips 12]

Each cache at several thresholds, and fewer steps without any, which is what a cache must be better than. Quality is
how near the film is to the one with all blocks in all steps (PSNR and SSIM of frames, with 95 % intervals by the
bootstrap); time is CPU time where there is no GPU, settings in turns, as other work may share the machine.

Random weights say nothing about quality, so a small Wan is taught first (`small_wan.py`, 40 minutes, once). With
--model NAME an installed Wan is measured instead: the figures that matter, for whoever has one.

Writes benchmarks/results/step-caches-<model>.json; with --sheet FILE, films side by side.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.ndimage import uniform_filter
from torch import Tensor

from manazir.checkpoints.library import model_folder
from manazir.evaluation.intervals import mean_figure
from manazir.evaluation.pictures import psnr
from manazir.inference.device import choose_device
from manazir.inference.placement import Placement
from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.magnitudes import Magnitudes, measure_magnitudes, save_magnitudes
from manazir.inference.wan.model import WanModel
from manazir.inference.wan.sampling import WanSampling
from manazir.models.step_cache import FirstBlockCache, MagCache, Report, StepCache, TeaCache
from provenance import provenance
from small_wan import SHIFT, Teaching, codec, held_out, noise, nothing, small_wan, to_pixels, usual_folder, weights_hash

RESULTS = Path(__file__).parent / "results"
LIMITS: Mapping[str, Any] = {"warm_up": 0.2, "longest": 3}
"""Of all caches alike: MagCache's own (arXiv:2506.09045), and diffusers'."""
LONGER_WARM_UP = 0.4
"""Tried at each cache's last threshold too: early steps are those that a film depends on most."""
THRESHOLDS: Mapping[str, tuple[float, ...]] = {
    "first block": (0.03, 0.05, 0.1, 0.2),
    "TeaCache": (0.03, 0.05, 0.1, 0.2),
    "MagCache": (0.01, 0.03, 0.06, 0.12),
}
PROMPTS = (
    "A red fox trots through fresh snow at dawn, breath steaming, camera follows at its side",
    "Two potters' hands shape a tall clay vase on a spinning wheel, close up, warm light",
    "A sailing boat crosses a stormy bay below dark clouds, waves break over its bow",
    "A crowded night market in the rain, neon signs reflected in puddles, people with umbrellas walk by",
)
Frames = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A model, and what it is asked for."""

    name: str
    experts: list[Expert]
    requests: list[Request]
    shift: float
    steps: int
    show: Callable[[Tensor], Frames]
    """Latents → frames."""
    about: dict[str, Any]


@dataclass(slots=True)
class Measured:
    """One setting, film by film."""

    kind: str
    setting: str
    psnr: list[float] = field(default_factory=list)
    ssim: list[float] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    """Of the time that all blocks in all steps take."""
    report: Report = field(default_factory=Report)
    first: Frames | None = None


def main() -> None:
    arguments = _arguments()
    if not torch.cuda.is_available():
        torch.set_num_threads(1)
    subject = _installed(arguments) if arguments.model else _taught(arguments)
    sampling = WanSampling(steps=subject.steps, shift=subject.shift)
    *requests, other = subject.requests
    magnitudes = measure_magnitudes(subject.name, subject.experts, other, sampling)
    if arguments.magnitudes:
        save_magnitudes(magnitudes, arguments.magnitudes)
    rows = _measured(replace(subject, requests=requests), sampling, magnitudes)
    _show(rows)
    report = {**provenance(), "model": subject.name, **subject.about, "steps": subject.steps, "films": len(requests)}
    report |= {"limits": dict(LIMITS), "ratios": [round(ratio, 4) for ratio in magnitudes.ratios]}
    RESULTS.mkdir(exist_ok=True)
    report["rows"] = [_plain(row) for row in rows]
    (RESULTS / f"step-caches-{subject.name}.json").write_text(json.dumps(report, indent=1) + "\n")
    if arguments.sheet:
        _sheet(rows, arguments.sheet)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="an installed Wan; without it, the small one")
    parser.add_argument("--folder", type=Path, default=usual_folder(), help="of the small one")
    parser.add_argument("--minutes", type=float, default=Teaching.minutes, help="of teaching it")
    parser.add_argument("--clips", type=int, default=12)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--guidance", type=float, help="2 for the small one, else 5")
    parser.add_argument("--size", default="832x480", help="of an installed one")
    parser.add_argument("--frames", type=int, default=81, help="of an installed one")
    parser.add_argument("--magnitudes", type=Path, help="where MagCache's ratios are written")
    parser.add_argument("--sheet", type=Path, help="where films are shown side by side")
    return parser.parse_args()


def _taught(arguments: argparse.Namespace) -> Subject:
    model, eyes = small_wan(arguments.folder, Teaching(minutes=arguments.minutes)), codec()
    guidance = arguments.guidance or 2.0
    said = held_out(arguments.clips + 1)
    return Subject(
        name="small-wan",
        experts=[Expert(lambda: model, guidance)],
        requests=[Request(noise=noise(seed), words=words, unwanted=nothing()) for seed, words in enumerate(said)],
        shift=SHIFT,
        steps=arguments.steps,
        show=lambda latents: to_pixels(latents, eyes),
        about={"guidance_scale": guidance, "weights": weights_hash(arguments.folder)[:12]},
    )


def _installed(arguments: argparse.Namespace) -> Subject:
    device = choose_device()
    dtype = torch.float32 if device.type == "cpu" else torch.bfloat16
    model = WanModel(model_folder(arguments.model), Placement(device=device, dtype=dtype))
    width, height = map(int, arguments.size.split("x"))
    shape, guidance = model.vae_shape, arguments.guidance or 5.0
    frames = (arguments.frames - 1) // shape.frame_compression + 1
    size = (shape.latent_channels, frames, height // shape.compression, width // shape.compression)
    prompts = [PROMPTS[place % len(PROMPTS)] for place in range(min(arguments.clips, 4) + 1)]
    *said, unwanted = model.prompts.encode([*prompts, ""]).to(device)

    @torch.no_grad()
    def show(latents: Tensor) -> Frames:
        video = model.vae.decode(latents[None].float())[0].permute(1, 2, 3, 0)
        frames: Frames = ((video + 1) * 127.5).round().byte().cpu().numpy()
        return frames

    def drawn(seed: int) -> Tensor:
        return torch.randn(size, generator=torch.Generator().manual_seed(seed)).to(device)

    return Subject(
        name=model.name,
        experts=model.experts(guidance),
        requests=[Request(noise=drawn(seed), words=words, unwanted=unwanted) for seed, words in enumerate(said)],
        shift=model.shift,
        steps=arguments.steps,
        show=show,
        about={"guidance_scale": guidance, "size": arguments.size, "frames": arguments.frames},
    )


def _caches(magnitudes: Magnitudes) -> Iterator[tuple[str, str, StepCache]]:
    for kind, thresholds in THRESHOLDS.items():
        for threshold in thresholds:
            yield kind, f"{threshold}", _cache(kind, threshold, magnitudes)
        last = _cache(kind, thresholds[-1], magnitudes)
        yield kind, f"{thresholds[-1]}, warm-up {LONGER_WARM_UP}", replace(last, warm_up=LONGER_WARM_UP)


def _cache(kind: str, threshold: float, magnitudes: Magnitudes) -> StepCache:
    if kind == "first block":
        return FirstBlockCache(threshold=threshold, **LIMITS)
    if kind == "TeaCache":
        return TeaCache(threshold=threshold, **LIMITS)
    return MagCache(threshold=threshold, ratios=magnitudes.ratios, **LIMITS)


def _measured(subject: Subject, sampling: WanSampling, magnitudes: Magnitudes) -> list[Measured]:
    settings = [("none", "", sampling)]
    for share in (0.8, 0.6, 0.5, 0.4):
        steps = round(sampling.steps * share)
        settings.append(("fewer steps", str(steps), replace(sampling, steps=steps)))
    settings += [(kind, name, replace(sampling, cache=cache)) for kind, name, cache in _caches(magnitudes)]
    rows = [Measured(kind, setting) for kind, setting, _ in settings]
    _film(subject, subject.requests[0], sampling)  # fills caches of processor and allocator
    for place, request in enumerate(subject.requests):
        true, whole, _ = _film(subject, request, sampling)
        for row, (_, _, own) in zip(rows, settings, strict=True):
            frames, seconds, report = _film(subject, request, own)
            row.psnr.append(psnr(frames, true))
            row.ssim.append(ssim(frames, true))
            row.share.append(seconds / whole)
            row.report += report or Report()
            row.first = frames if row.first is None else row.first
        print(f"film {place + 1} of {len(subject.requests)}", flush=True)
    return rows


def _film(subject: Subject, request: Request, sampling: WanSampling) -> tuple[Frames, float, Report | None]:
    """Frames, the seconds of denoising, and what was left out."""
    began, steps = _now(), denoise(subject.experts, request, sampling)
    latents = request.noise
    while True:
        try:
            latents = next(steps)
        except StopIteration as end:
            return subject.show(latents), _now() - began, end.value


def _now() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()


def ssim(one: Frames, other: Frames) -> float:
    """Mean structural similarity of clips `t h w 3` (Wang et al. 2004), in windows of 7x7 pixels, colours apart."""
    x, y = one.astype(np.float64), other.astype(np.float64)
    window = (0, 7, 7, 0)
    mean_x, mean_y = uniform_filter(x, window), uniform_filter(y, window)
    var_x, var_y = uniform_filter(x * x, window) - mean_x**2, uniform_filter(y * y, window) - mean_y**2
    both = uniform_filter(x * y, window) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * mean_x * mean_y + c1) * (2 * both + c2) / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return float(alike.mean())


def _plain(row: Measured) -> dict[str, Any]:
    blocks = row.report.computed + row.report.skipped
    return {
        "kind": row.kind,
        "setting": row.setting,
        "blocks_computed": round(row.report.computed / blocks, 3) if blocks else None,
        "times_faster": round(1 / float(np.mean(row.share)), 2),
        "psnr_db": mean_figure(np.array(row.psnr)).plain(),
        "ssim": mean_figure(np.array(row.ssim)).plain(),
    }


def _show(rows: list[Measured]) -> None:
    table = Table("", "steps or threshold", "blocks computed", "times faster", "PSNR, dB", "SSIM")
    for row in rows:
        plain = _plain(row)
        share = plain["blocks_computed"]
        table.add_row(
            row.kind,
            row.setting,
            "all" if share is None else f"{share:.0%}",
            f"{plain['times_faster']:.2f}",
            str(mean_figure(np.array(row.psnr))),
            str(mean_figure(np.array(row.ssim))),
        )
    Console(width=120).print(table)


def _sheet(rows: list[Measured], path: Path) -> None:
    """The first film of each setting below each other: some of its frames, at twice the size."""
    from PIL import Image

    films = [row.first for row in rows if row.first is not None]
    strips = [np.concatenate(list(film[:: max(1, len(film) // 6)]), axis=1) for film in films]
    Image.fromarray(np.concatenate(strips)).resize((2 * strips[0].shape[1], 2 * sum(map(len, strips))), 0).save(path)


if __name__ == "__main__":
    main()
