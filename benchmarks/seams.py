"""Long films in windows: how far colours jump where one window ends and the next begins.

    python benchmarks/seams.py [--folder FOLDER] [--films 8]

The small Wan of `small_wan.py` (taught first if it is not there) makes films of three windows' length: side by side,
and blended as the engine does it. At each frame the mean colour of the whole picture is read; a jump is how far it
moves from one frame to the next. Jumps at seams stand beside those elsewhere in the same films, and beside those in
films of one window. Writes results/seams.json.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.engine import OVERLAP
from manazir.inference.wan.sampling import WanSampling
from manazir.models.wan.transformer import WanTransformer
from provenance import provenance
from small_wan import CHANNELS, SHIFT, Teaching, codec, held_out, nothing, small_wan, to_pixels, usual_folder

WINDOW, LENGTH = 12, 36
"""Frames, which are latent frames here: the small Wan was taught with twelve."""
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Jumps:
    """In levels of 255, of the mean colour, from one frame to the next."""

    at_seams: float
    elsewhere: float
    largest: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=usual_folder(), help="of the small Wan")
    parser.add_argument("--films", type=int, default=8)
    parser.add_argument("--steps", type=int, default=20)
    arguments = parser.parse_args()
    report = provenance() | {"films": arguments.films, "steps": arguments.steps, "window": WINDOW, "frames": LENGTH}
    ways = {"one window": (WINDOW, 0), "side by side": (LENGTH, 0), "blended": (LENGTH, WINDOW // OVERLAP)}
    report["jumps"] = {}
    for name, (length, overlap) in ways.items():
        jumps = _measured(arguments, length, overlap)
        report["jumps"][name] = {key: round(value, 3) for key, value in vars(jumps).items()}
        print(f"{name:13} at seams {jumps.at_seams:6.2f}   elsewhere {jumps.elsewhere:6.2f}   "
              f"largest {jumps.largest:6.2f}")  # fmt: skip
    (RESULTS / "seams.json").write_text(json.dumps(report, indent=1) + "\n")


def _measured(arguments: argparse.Namespace, length: int, overlap: int) -> Jumps:
    model, eyes = small_wan(arguments.folder, Teaching()), codec()
    seams = range(WINDOW, length, WINDOW)  # of windows side by side; blended ones are looked at in the same places
    at_seams, elsewhere = [], []
    for seed, words in enumerate(held_out(arguments.films)):
        frames = to_pixels(_film(model, words, seed, length, overlap, arguments.steps), eyes)
        moved = _moved(frames)
        at_seams += [moved[seam - 1] for seam in seams]
        elsewhere += [step for place, step in enumerate(moved, 1) if place not in seams]
    return Jumps(
        at_seams=float(np.mean(at_seams)) if at_seams else 0.0,
        elsewhere=float(np.mean(elsewhere)),
        largest=float(np.max([*at_seams, *elsewhere])),
    )


def _film(model: WanTransformer, words: Tensor, seed: int, length: int, overlap: int, steps: int) -> Tensor:
    noise = torch.randn(CHANNELS, length, 4, 4, generator=torch.Generator().manual_seed(seed))
    request = Request(noise=noise, words=words, unwanted=nothing())
    sampling = WanSampling(steps=steps, shift=SHIFT, window=WINDOW, overlap=overlap)
    *_, latents = denoise([Expert(lambda: model, 2.0)], request, sampling)
    return latents


def _moved(frames: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far the mean colour moves from each frame to the next."""
    colours = frames.mean(axis=(1, 2))
    return np.linalg.norm(np.diff(colours, axis=0), axis=1)


if __name__ == "__main__":
    main()
