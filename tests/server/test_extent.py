"""What a request makes, and that too much of it is refused before it waits; and is paid for by what it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Extension, Modification
from manazir.core.errors import ShapeError
from manazir.inference.cards import Card
from manazir.media.clip import Clip
from manazir.media.encode import write_clip
from manazir.server.asks import Ask
from manazir.server.errors import ApiError, Problem
from manazir.server.extent import Extent
from manazir.server.jobs.request import JobRequest, Kind
from manazir.server.keys import Scope
from manazir.server.operator import Operator, Prices
from manazir.server.service import Service

CARD = Card(name="m", honours=frozenset(), sizes=((32, 32), (64, 32)), frame_rate=8.0, default_seconds=1.0)
MINUTE = {"duration_seconds": 60.0, "width": 640, "height": 360, "frame_rate": 24.0}
FACTS = {"asset:film": MINUTE}
CHANGED = Modification(clip="asset:film")


def extent(canvas: Canvas, kind: Kind = Kind.VIDEO) -> Extent:
    return Extent(request=JobRequest(canvas=canvas, model="m", kind=kind), card=CARD, facts=FACTS)


@pytest.mark.parametrize(
    ("canvas", "kind", "made", "frames", "size"),
    [
        (Canvas(prompt="x"), Kind.VIDEO, 1.0, 8, (64, 32)),
        (Canvas(prompt="x", duration_seconds=3.0, frame_rate=60.0), Kind.VIDEO, 3.0, 180, (64, 32)),
        (Canvas(prompt="x", actions=("left",) * 80), Kind.VIDEO, 10.0, 80, (64, 32)),
        (Canvas(prompt="x", modification=CHANGED), Kind.VIDEO, 60.0, 480, (640, 360)),
        (Canvas(modification=CHANGED, width=1280, height=720), Kind.UPSCALE, 60.0, 1440, (1280, 720)),
        (
            Canvas(prompt="x", extension=Extension(clip="asset:film"), duration_seconds=2.0),
            Kind.VIDEO,
            2.0,
            496,
            (640, 360),
        ),
    ],
)
def test_how_much_a_request_makes(canvas: Canvas, kind: Kind, made: float, frames: int, size: tuple[int, int]) -> None:
    told = extent(canvas, kind)
    assert (told.made_seconds, told.frames, told.size) == (made, frames, size)


def test_what_is_too_large_is_told_with_what_would_do() -> None:
    told = extent(Canvas(prompt="x", width=1000, height=1000, duration_seconds=20.0))
    told.check(160_000_000)
    with pytest.raises(ShapeError, match=r"1000x1000 for 20 s at 8 frames/s is 0\.2 .* ask for 10\.0 s at most"):
        told.check(80_000_000)


def test_no_worker_is_given_more_than_it_can_hold(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    canvas = Canvas(prompt="x", width=4096, height=4096, duration_seconds=120.0, frame_rate=60.0)
    with pytest.raises(ApiError, match="4096x4096 for 120 s at 60 frames/s") as refused:
        service.submit(caller, Ask(dialect="api", model="sora-2", canvas=canvas, fields={"size": "canvas"}))
    assert (refused.value.problem, refused.value.field) == (Problem.UNSUPPORTED, "canvas")
    assert not service.jobs(caller).jobs


def test_a_clip_that_is_changed_costs_as_much_as_it_is_long(service: Service, key: str, tmp_path: Path) -> None:
    write_clip(Clip(np.zeros((40, 32, 32, 3), np.uint8), 8.0), tmp_path / "film.mp4")
    caller = service.caller(key, Scope.GENERATE)
    film = service.bring(caller, [(tmp_path / "film.mp4").read_bytes()])
    priced = replace(service, operator=Operator(prices={"*": Prices(second=2.0, upscaled_second=1.0)}))
    changed = Modification(clip=f"asset:{film.id}")
    ask = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="x", modification=changed))
    assert priced.weigh(caller, ask).cost == 10.0
    larger = replace(ask, kind=Kind.UPSCALE, canvas=Canvas(modification=changed, width=64, height=64))
    assert priced.weigh(caller, larger).cost == 5.0
