"""What the detectors' readouts are fitted on: rendered scenes, made worse as generated clips are, and read."""

import gzip
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from manazir.core.seeds import derive
from manazir.evaluation.detectors.bodies import Track, find_tracks
from manazir.evaluation.detectors.camera import camera_measures
from manazir.evaluation.detectors.kind import kind_measures
from manazir.evaluation.detectors.light import frames_for_light, light_measures
from manazir.evaluation.detectors.pixels import read_pixels
from manazir.evaluation.detectors.readout import Floats
from manazir.evaluation.detectors.segmenter import RAMP
from manazir.evaluation.detectors.shape import clear_views, frame_measures, pixel_votes
from manazir.evaluation.held_out import EXAMINED
from manazir.worlds.captions import facts
from manazir.worlds.families import draw
from manazir.worlds.render import render
from manazir.worlds.scene import Scene
from manazir.worlds.tonemap import to_display

SEED = 5_000_000
SIZES = ((128, 128),) * 8 + ((224, 128), (128, 224))
"""Square pictures more often."""
MIRRORED = {"left": "right", "right": "left"} | {
    f"{move} {side}": f"{move} {other}"
    for move in ("pan", "orbit")
    for side, other in (("left", "right"), ("right", "left"))
}
SAME = 0.4
"""Least overlap over union of a track and what it is of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A rendered scene."""

    scene: Scene
    frames: NDArray[np.uint8]
    owners: NDArray[np.int16]
    """`[t, h, w]`, see `worlds.render.Rendering.segmentation`."""
    light_side: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SampledTrack:
    """Something coloured that was followed, what it is, and its measures."""

    track: Track
    kind: str
    body: int | None
    """Index in the scene."""
    kind_measures: Floats
    pixels: Floats
    """Votes for shapes."""
    light: Floats
    """`[frames, measures]`"""
    light_weight: float
    outlines: Floats
    """`[frames seen, measures]`"""
    views: Floats
    """`[frames seen]`"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """One clip, read; the facts are those of the mirrored scene where it was mirrored."""

    scene: Scene
    direction: str
    camera: str
    light_side: str | None
    tracks: tuple[SampledTrack, ...]
    camera_measures: Floats


def clip(index: int, folder: Path) -> Clip:
    """Render a scene, or take it from the folder."""
    path = folder / f"clip-{index:06d}.pkl.gz"
    if path.exists():
        kept: Clip = pickle.loads(gzip.decompress(path.read_bytes()))
        return kept
    width, height = SIZES[index % len(SIZES)]
    mixture = {event: share**0.5 for event, share in EXAMINED.items()}  # rare events more often than in training
    scene, motion = draw(derive(SEED, index), mixture, aspect=width / height)
    drawn = render(scene, motion, width, height, threads=1)
    made = Clip(
        scene=scene, frames=to_display(drawn.radiance), owners=drawn.segmentation, light_side=facts(scene).light_side
    )
    path.write_bytes(gzip.compress(pickle.dumps(made), 1))
    return made


def worse(frames: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blur, smear over time, add noise and tint, each by a drawn amount."""
    levels = frames.astype(np.float32)
    if rng.random() < 0.75:
        blur = rng.uniform(0.2, 1.1)
        levels = ndimage.gaussian_filter(levels, (0, blur, blur, 0))
    if rng.random() < 0.3:
        levels = ndimage.gaussian_filter1d(levels, rng.uniform(0.2, 0.45), axis=0)
    if rng.random() < 0.5:
        soft = rng.uniform(0.0, 1.2)
        noise = ndimage.gaussian_filter(rng.normal(size=levels.shape).astype(np.float32), (0, soft, soft, 0))
        levels += noise / noise.std() * rng.uniform(0.0, 5.0)
    levels = levels * rng.uniform(0.96, 1.04) + rng.uniform(-4.0, 4.0) + rng.normal(0.0, 1.5, 3)
    return np.clip(levels, 0, 255).astype(np.uint8)


def owned(scene: Scene) -> dict[int, tuple[str, str]]:
    """Return the colour and the kind (of `KINDS_OF_PIXEL`) of what owns pixels; scenes of no family have walls."""
    bodies = {index: (body.colour, body.shape.value) for index, body in enumerate(scene.bodies)}
    return bodies | {-100 - index: (ramp.colour, RAMP) for index, ramp in enumerate(scene.ramps)}


def read_scene(index: int, folder: Path) -> list[Sample]:
    """Return a scene's clip read twice, mirrored and not, mostly made worse; by the segmenter as it is now."""
    path = folder / f"samples-{index:06d}.pkl.gz"
    if path.exists():
        kept: list[Sample] = pickle.loads(gzip.decompress(path.read_bytes()))
        return kept
    made = clip(index, folder)
    rng = np.random.default_rng(derive(SEED, "worse", index))
    read = [_sample(made, rng, is_mirrored) for is_mirrored in (False, True)]
    path.write_bytes(gzip.compress(pickle.dumps(read), 1))
    return read


def _sample(made: Clip, rng: np.random.Generator, is_mirrored: bool) -> Sample:
    frames = worse(made.frames, rng) if rng.random() < 0.7 else made.frames
    side = -1 if is_mirrored else 1
    owners, facts_as_seen = made.owners[:, :, ::side], MIRRORED if is_mirrored else {}
    reading = read_pixels(np.ascontiguousarray(frames[:, :, ::side]))
    tracks = find_tracks(reading.labels)
    known = [_identity(track, made.scene, owners) for track in tracks]
    real = [track for track, (kind, _) in zip(tracks, known, strict=True) if kind != "nothing"]
    bodies = [track for track, (kind, _) in zip(tracks, known, strict=True) if kind == "body"]
    light = reading.look[..., 0].astype(np.float64)
    sampled = []
    for track, (kind, body) in zip(tracks, known, strict=True):
        early = frames_for_light(track)
        sampled.append(
            SampledTrack(
                track=track,
                kind=kind,
                body=body,
                kind_measures=kind_measures(track, [other for other in tracks if other is not track], reading),
                pixels=pixel_votes(track, reading),
                light=np.stack([light_measures(track, reading, int(frame)) for frame in early]),
                light_weight=float(np.sqrt(track.areas[early].mean())),
                outlines=frame_measures(track, light),
                views=clear_views(track, [other for other in real if other is not track]),
            )
        )
    scene = made.scene
    return Sample(
        scene=scene,
        direction=facts_as_seen.get(scene.direction.value, scene.direction.value),
        camera=facts_as_seen.get(scene.camera.move.value, scene.camera.move.value),
        light_side=made.light_side and facts_as_seen.get(made.light_side, made.light_side),
        tracks=tuple(sampled),
        camera_measures=camera_measures(reading.look, bodies),
    )


def _identity(track: Track, scene: Scene, owners: NDArray[np.int16]) -> tuple[str, int | None]:
    """Return `body`, `ramp` or `nothing`, and which body."""
    overlaps = {}
    for owner in owned(scene):
        own = owners == owner
        overlaps[owner] = (own & track.masks).sum() / max((own | track.masks).sum(), 1)
    best = max(overlaps, key=lambda owner: overlaps[owner])
    if overlaps[best] < SAME or owned(scene)[best][0] != track.colour:
        return "nothing", None
    return ("body", best) if best >= 0 else ("ramp", None)
