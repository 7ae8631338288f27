"""A small Wan that is taught here, on one core and in half an hour: for figures on which random weights say nothing.

    python benchmarks/small_wan.py [--minutes 40] [--folder FOLDER]

It learns clips of simulated worlds with one body under a camera that stands still, 64x64 pixels, 12 frames, 6 a second,
as latents of noor-nano's picture codec: 4x4 cells of 32 numbers a frame, of which each is a token. Its words are a
handful of facts of the scene, each a fixed random vector. Weights, and the clips that it learns from, are kept in
FOLDER and not made again.
"""

import argparse
import hashlib
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from safetensors.torch import load_file, save_file
from torch import Tensor

from manazir.core.home import home
from manazir.core.seeds import derive
from manazir.diffusion.noising import add_noise
from manazir.diffusion.schedules import logit_normal
from manazir.inference.noor.model import load_model
from manazir.models.codecs.levels import to_frames, to_pictures
from manazir.models.codecs.picture import CELL, PictureCodec
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanShape, WanTransformer
from manazir.training.muon import Muon
from manazir.worlds.families import draw
from manazir.worlds.render import render_frames
from manazir.worlds.scene import CameraMove, Event, Scene

SIZE, FRAMES = 64, 12
CHANNELS, CELLS = 32, SIZE // CELL
MIXTURE = dict.fromkeys((Event.ROLL, Event.DROP, Event.THROW, Event.SLIDE), 1.0)
SHAPE = WanShape(
    patch=(1, 1, 1),
    heads=4,
    head_width=48,
    channels_in=CHANNELS,
    channels_out=CHANNELS,
    text_width=64,
    time_width=64,
    hidden_width=768,
    layers=8,
    longest=64,
)
SHIFT = 3.0
DROPPED = 0.1
"""Share of clips that are learnt without their words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaching:
    """How it is taught."""

    minutes: float = 40.0
    clips: int = 2000
    batch: int = 12
    rate: float = 0.02
    """Of Muon, for matrices; AdamW takes a twentieth for the rest."""
    cooldown: float = 0.4
    """The last share of the time, in which rates fall to nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=Teaching.minutes)
    parser.add_argument("--folder", type=Path, default=usual_folder())
    arguments = parser.parse_args()
    small_wan(arguments.folder, Teaching(minutes=arguments.minutes))


def usual_folder() -> Path:
    """Where the weights are kept unless told otherwise."""
    return home() / "benchmarks" / "small-wan"


def small_wan(folder: Path, teaching: Teaching | None = None) -> WanTransformer:
    """Take it from the folder, or teach it first."""
    model, path = WanTransformer(SHAPE), folder / "weights.safetensors"
    if path.exists():
        model.load_state_dict(load_file(path))
        return model.eval().requires_grad_(False)
    teaching = teaching or Teaching()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"teaching a small Wan for {teaching.minutes:g} minutes: {asdict(teaching)}", flush=True)
    _teach(model, _clips(folder / "clips.npz", teaching.clips), teaching)
    save_file(model.state_dict(), path)
    return model.eval().requires_grad_(False)


def weights_hash(folder: Path) -> str:
    """Of what was taught; it differs from machine to machine, as teaching ends with the time."""
    return hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()


def held_out(count: int) -> list[Tensor]:
    """Words of scenes that it was not taught."""
    return [words_of(scene) for scene, _ in _scenes(count, "held out")]


def nothing() -> Tensor:
    """Words that say nothing, which it was taught now and then."""
    return _vectors(["nothing"])


def noise(seed: int) -> Tensor:
    """What a clip is made of."""
    return torch.randn(CHANNELS, FRAMES, CELLS, CELLS, generator=torch.Generator().manual_seed(seed))


def codec() -> PictureCodec:
    """What its latents are of."""
    return load_model().codec


@torch.no_grad()
def to_pixels(latents: Tensor, codec: PictureCodec) -> NDArray[np.uint8]:
    """Latents `c t h w` → frames `t h w 3`."""
    return to_frames(codec.decode(latents.transpose(0, 1)))


def words_of(scene: Scene) -> Tensor:
    """What is said of a scene."""
    body = scene.bodies[0]
    said = (scene.event, scene.direction, body.colour, body.shape, scene.ground.colour, scene.backdrop)
    return _vectors([f"{place} {fact}" for place, fact in enumerate(said)])


def _vectors(facts: list[str]) -> Tensor:
    seeds = [derive(0, "word", fact) % 2**31 for fact in facts]
    rows = [torch.randn(SHAPE.text_width, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.stack(rows)


def _scenes(count: int, name: str) -> list[tuple[Scene, NDArray[np.uint8]]]:
    """Scenes of one body under a camera that stands still, and their frames."""
    found: list[tuple[Scene, NDArray[np.uint8]]] = []
    attempt = 0
    while len(found) < count:
        scene, motion = draw(derive(0, name, attempt), MIXTURE)
        attempt += 1
        if len(scene.bodies) == 1 and scene.camera.move == CameraMove.STILL and scene.ground.pattern == "plain":
            found.append((scene, render_frames(scene, motion, SIZE, SIZE, threads=1)[::2]))
    return found


def _clips(path: Path, count: int) -> tuple[Tensor, Tensor]:
    """Latents and words of the clips that teach."""
    if not path.exists():
        drawn = [_scenes(1, f"clip {index}")[0] for index in track(range(count), "rendering clips")]
        frames, words = np.stack([frames for _, frames in drawn]), torch.stack([words_of(scene) for scene, _ in drawn])
        np.savez(path, frames=frames, words=words.numpy())
    with np.load(path) as kept:
        frames, words = torch.from_numpy(kept["frames"]), torch.from_numpy(kept["words"])
    encode = codec().encode
    with torch.no_grad():
        latents = torch.stack([encode(to_pictures(clip)).transpose(0, 1) for clip in frames])
    return latents, words


def _teach(model: WanTransformer, clips: tuple[Tensor, Tensor], teaching: Teaching) -> None:
    warnings.filterwarnings("ignore", message="Mismatch dtype")  # norms stay in float32 beside bfloat16 products
    _prepare(model)
    matrices = [weight for name, weight in model.named_parameters() if name.startswith("blocks.") and weight.ndim == 2]
    known = {id(weight) for weight in matrices}
    rest = [weight for weight in model.parameters() if id(weight) not in known]
    optimisers = (
        Muon(matrices, lr=teaching.rate),
        torch.optim.AdamW(rest, lr=teaching.rate / 20, betas=(0.9, 0.95), weight_decay=0.0),
    )
    rates = [optimiser.param_groups[0]["lr"] for optimiser in optimisers]
    generator = torch.Generator().manual_seed(0)
    began, step, mean = time.monotonic(), 0, 1.0
    while (done := (time.monotonic() - began) / (60 * teaching.minutes)) < 1:
        for optimiser, rate in zip(optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate * min(1, (step + 1) / 30, (1 - done) / teaching.cooldown)
            optimiser.zero_grad()
        loss = _loss(model, clips, teaching.batch, generator)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
        mean, step = 0.97 * mean + 0.03 * float(loss.detach()), step + 1
        if step % 50 == 0:
            print(f"step {step}  {60 * teaching.minutes * done:5.0f} s  loss {mean:.4f}", flush=True)


def _prepare(model: WanTransformer) -> None:
    """Gates and the last layer start small, so that every block starts near the identity."""
    for name, weight in model.named_parameters():
        if name.endswith("modulation.table"):
            torch.nn.init.normal_(weight, std=SHAPE.width**-0.5)
        elif weight.ndim == 2:
            torch.nn.init.normal_(
                weight, std=0.02 if name.startswith(("leave", "time.leave")) else 0.5 * weight.shape[1] ** -0.5
            )
        elif name.endswith("bias"):
            torch.nn.init.zeros_(weight)


def _loss(model: WanTransformer, clips: tuple[Tensor, Tensor], batch: int, generator: torch.Generator) -> Tensor:
    picks = torch.randint(len(clips[0]), (batch,), generator=generator)
    clean, words = clips[0][picks], clips[1][picks]
    flips = torch.rand(batch, generator=generator) < DROPPED
    sigma = logit_normal(batch, SHIFT / 2, generator)
    noise = torch.randn(clean.shape, generator=generator)
    noisy = add_noise(clean, noise, sigma)
    with torch.autocast("cpu", torch.bfloat16):
        documents = [
            Document(own, torch.full((FRAMES,), float(1000 * level)), model.read(nothing() if is_dropped else said))
            for own, level, said, is_dropped in zip(noisy, sigma, words, flips.tolist(), strict=True)
        ]
        made = torch.stack([predicted.velocity for predicted in model(documents)])
    return (made.float() - (noise - clean)).square().mean()


if __name__ == "__main__":
    main()
