"""What a clip shows: pixels in, answers out. Nothing here knows the scene, the caption or the model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from manazir.evaluation.detectors.bodies import Track, find_tracks
from manazir.evaluation.detectors.camera import camera_measures, camera_shares
from manazir.evaluation.detectors.event import event_measures, event_shares, main_body
from manazir.evaluation.detectors.kind import KINDS, kind_shares
from manazir.evaluation.detectors.light import light_shares
from manazir.evaluation.detectors.pixels import PLAIN, Frames, Reading, read_pixels
from manazir.evaluation.detectors.readout import Floats, load_readout
from manazir.evaluation.detectors.shape import shape_shares
from manazir.evaluation.detectors.size import size_measures, size_shares
from manazir.evaluation.detectors.ways import way_measures
from manazir.worlds.scene import Shape


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenBody:
    """What one body looks like, in the words of captions."""

    colour: str
    shape: str
    size: str
    direction: str
    """Of its own main motion; `none` where it has none."""
    track: Track


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What a clip shows, in the words of captions. None: no body shows it."""

    bodies: tuple[SeenBody, ...]
    """The largest first."""
    main: int | None
    """The place of the body that the event seems to be about."""
    event: str | None
    light_side: str | None
    camera: str


def read_answers(frames: Frames) -> Answers:
    """Read all answers off the frames `[t, h, w, 3]` of a clip of six frames or more."""
    reading = read_pixels(frames)
    bodies, ramps = _sorted_out(find_tracks(reading.labels), reading)
    camera = camera_measures(reading.look, bodies)
    shapes = [shape_shares(body, [*_but(bodies, body), *ramps], reading) for body in bodies]
    seen = tuple(_seen_body(body, shape, camera) for body, shape in zip(bodies, shapes, strict=True))
    return Answers(
        bodies=seen,
        main=main_body(bodies) if bodies else None,
        event=_likeliest("event", event_shares(event_measures(bodies, ramps, shapes, camera))) if bodies else None,
        light_side=_likeliest("light", light_shares(bodies, reading)) if bodies else None,
        camera=_likeliest("camera", camera_shares(camera)) if _has_marks(reading) else "still",
    )


def _sorted_out(tracks: Sequence[Track], reading: Reading) -> tuple[list[Track], list[Track]]:
    """Return the bodies and the ramps; what is neither is left out."""
    kinds = [KINDS[int(kind_shares(track, _but(tracks, track), reading).argmax())] for track in tracks]
    bodies, ramps = ([t for t, kind in zip(tracks, kinds, strict=True) if kind == wanted] for wanted in KINDS[:2])
    return bodies, ramps


def _but(tracks: Sequence[Track], one: Track) -> list[Track]:
    return [track for track in tracks if track is not one]


def _seen_body(body: Track, shape: Floats, camera: Floats) -> SeenBody:
    direction = load_readout("direction").shares(np.concatenate([way_measures(body), camera]))
    return SeenBody(
        colour=body.colour,
        shape=tuple(Shape)[int(shape.argmax())].value,
        size=_likeliest("size", size_shares(size_measures(body, shape, camera))),
        direction=_likeliest("direction", direction),
        track=body,
    )


def _has_marks(reading: Reading) -> bool:
    """Whether anything could move in the picture at all."""
    return bool(np.ptp(reading.look, axis=(1, 2)).max() > PLAIN)


def _likeliest(readout: str, shares: Floats) -> str:
    return load_readout(readout).answers[int(shares.argmax())]
