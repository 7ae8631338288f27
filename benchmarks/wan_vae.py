"""CPU time of our Wan autoencoder against diffusers': python benchmarks/wan_vae.py [--rounds 5].

The same random weights on one thread, in turns; the least of all rounds counts, as other work may share the machine.
`small` is of a third of Wan 2.1's width; `full width` has all of it, for a small picture. Which one-threaded kernel
torch takes for a three-dimensional convolution in single precision depends on its size: for few numbers, a slow one.

Writes benchmarks/results/wan-vae-cpu.json.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan
from torch import Tensor

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.wan_vae import shape_from_diffusers, weights_from_diffusers
from manazir.models.codecs.wan_vae import AT_ONCE, WanVae
from provenance import provenance

RESULTS = Path(__file__).parent / "results"
CASES = {"small": (32, (3, 12, 20)), "full width": (96, (2, 16, 24))}
"""Width, and latent frames, rows and columns."""
AIM = 4.0
"""How many times faster the small case is to be decoded in single precision."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = [
        row
        for case in arguments.cases
        for dtype in (torch.float32, torch.bfloat16)
        for row in _measured(case, dtype, arguments.rounds)
    ]
    aimed = [row["times_faster"] for row in rows if (row["case"], row["what"]) == ("small", "decode, float32")]
    report = {**provenance(), "at_once": AT_ONCE, "rows": rows, "is_within_aim": all(value >= AIM for value in aimed)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "wan-vae-cpu.json").write_text(json.dumps(report, indent=1) + "\n")


@torch.no_grad()
def _measured(case: str, dtype: torch.dtype, rounds: int) -> list[dict[str, Any]]:
    width, (frames, rows, columns) = CASES[case]
    torch.manual_seed(0)
    theirs = AutoencoderKLWan(base_dim=width).eval()
    shape = shape_from_diffusers(theirs.config)
    ours = WanVae(shape).eval()
    fill(ours, weights_from_diffusers(shape, theirs.state_dict()), "the autoencoder")
    theirs, ours = theirs.to(dtype), ours.to(dtype)
    latents = torch.randn(1, shape.latent_channels, frames, rows, columns).to(dtype)
    video = torch.rand(1, 3, 4 * frames - 3, 8 * rows, 8 * columns).to(dtype) * 2 - 1
    mean, std = ours.mean.view(-1, 1, 1, 1), ours.deviation.view(-1, 1, 1, 1)

    def decode() -> Tensor:
        return theirs.decode(latents * std + mean).sample

    def encode() -> Tensor:
        return (theirs.encode(video).latent_dist.mode() - mean) / std

    return [
        _row(case, f"decode, {str(dtype)[6:]}", decode, lambda at_once: ours.decode(latents, at_once), rounds),
        _row(case, f"encode, {str(dtype)[6:]}", encode, lambda at_once: ours.encode(video, at_once), rounds),
    ]


def _row(
    case: str, what: str, theirs: Callable[[], Tensor], ours: Callable[[int], Tensor], rounds: int
) -> dict[str, Any]:
    """Times in turns, after one of each that fills caches and shows how far apart the results are."""
    expected, found = theirs().float(), ours(AT_ONCE).float()
    work = (theirs, lambda: ours(AT_ONCE), lambda: ours(2))
    times = [[_seconds(part) for part in work] for _ in range(rounds)]
    slow, fast, by_twos = (min(column) for column in zip(*times, strict=True))
    row = {
        "case": case,
        "what": what,
        "diffusers_cpu_seconds": round(slow, 3),
        "ours_cpu_seconds": round(fast, 3),
        "ours_two_latent_frames_at_once_cpu_seconds": round(by_twos, 3),
        "times_faster": round(slow / fast, 2),
        "relative_error": float(f"{float((found - expected).norm() / expected.norm()):.1e}"),
    }
    print(
        f"{case:10}  {what:17}  diffusers {slow:7.3f} s   ours {fast:6.3f} s (two latent frames at once "
        f"{by_twos:6.3f} s)   {slow / fast:4.2f} times faster   error {row['relative_error']:.0e}",
        flush=True,
    )
    return row


def _seconds(work: Callable[[], Tensor]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
