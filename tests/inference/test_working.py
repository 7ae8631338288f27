"""Working memory: counted as it is taken, and a film that does not fit is refused before a weight is read."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan

from manazir.cli.main import main
from manazir.core.canvas import Canvas
from manazir.core.errors import UnsupportedError
from manazir.inference import placement
from manazir.inference.engine import Made, Settings
from manazir.inference.engines import load_engine
from manazir.inference.film_plan import FilmPlan, make_film_plan
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.wan.engine import WanEngine
from manazir.inference.working import most_frames, wan_decoding_bytes

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
CANVAS = Canvas(prompt="a red ball", width=48, height=32, duration_seconds=2.0, seed=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(placement, "free_bytes", lambda _: size)


@torch.no_grad()
def test_what_is_counted_is_what_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import working_memory

    rows = [
        *(working_memory.wan_step(4, 512, dtype, 3, 32, 1) for dtype in (torch.bfloat16, torch.float32)),
        working_memory.ltx_step(torch.bfloat16, 8),
        working_memory.wan_coding(16, 4, 8)[0],
        *working_memory.ltx_coding(32, 4, 6, torch.float32, is_later=False),
        working_memory.ltx_sound(256, 50, is_later=False),
        working_memory.ltx_sound(512, 25, is_later=True),
        working_memory.ltx_enlarging(256, 8, 8, torch.bfloat16),
    ]
    sys.modules.pop("working_memory")
    for row in rows:
        assert 0.95 < row["counted_bytes"] / row["peak_bytes"] < 1.4, row["what"]


def test_a_film_that_does_not_fit_is_refused_with_its_stage_and_what_would_help(
    home: Path, free: Callable[[int], None]
) -> None:
    assert main(["models", "import", str(save_tiny_wan(home / "published")), "--name", "tiny"]) == 0
    free(10**12)
    engine = load_engine("tiny", precision="float32")
    assert isinstance(engine, WanEngine)
    decoding = wan_decoding_bytes(engine.model.vae_shape, 4, 6)
    free(decoding // 2)
    with pytest.raises(UnsupportedError, match=r"decoding needs .* of weights in float32, and .* to work with") as told:
        next(engine.fill(CANVAS, Settings(steps=1), 1))
    assert "take a smaller --size, or more --devices" in str(told.value)  # a shorter one decodes no less at once
    assert engine.model.loaded == ()


def test_of_ltx_decoding_is_counted_too(home: Path, free: Callable[[int], None]) -> None:
    assert main(["models", "import", str(save_tiny_ltx(home / "published")), "--name", "tiny-ltx"]) == 0
    free(10**12)
    engine = load_engine("tiny-ltx", precision="float32")
    assert isinstance(engine, LtxEngine)
    canvas = Canvas(prompt="x", width=256, height=256, duration_seconds=2.0, seed=1)
    working = engine.working(engine._film(_plan(canvas, engine), 4))
    assert working["decoding"] > working["denoising"]
    free(working["decoding"])
    with pytest.raises(UnsupportedError, match=r"decoding needs .* of weights in float32, and .* to work with"):
        next(engine.fill(canvas, Settings(steps=1), 1))
    assert engine.model.loaded == ()


def test_a_longer_film_is_refused_with_what_fits(home: Path, free: Callable[[int], None]) -> None:
    assert main(["models", "import", str(save_tiny_ltx(home / "published")), "--name", "tiny-ltx"]) == 0
    free(10**12)
    engine = load_engine("tiny-ltx", precision="float32")
    assert isinstance(engine, LtxEngine)
    canvas = Canvas(prompt="x", width=256, height=256, duration_seconds=2.0, seed=1)
    decoding = engine.working(engine._film(_plan(canvas, engine), 4))["decoding"]
    weights = sum(part.parameters for part in engine.model.manifest.parts) * 4
    free(weights + decoding // 2)
    with pytest.raises(UnsupportedError, match=r"decoding needs .* --seconds of this size, which fit"):
        next(engine.fill(canvas, Settings(steps=1), 1))


def _plan(canvas: Canvas, engine: WanEngine | LtxEngine) -> FilmPlan:
    return make_film_plan(canvas, engine.makes)


def test_parts_take_turns_where_a_film_needs_their_room(home: Path, free: Callable[[int], None]) -> None:
    assert main(["models", "import", str(save_tiny_wan(home / "published")), "--name", "tiny"]) == 0
    free(10**12)
    engine = load_engine("tiny", precision="float32")
    assert isinstance(engine, WanEngine)
    assert engine.model.placement.all_stay
    weights = {part.name: part.parameters * 4 for part in engine.model.manifest.parts}
    working = max(engine.working(engine._film(_plan(CANVAS, engine), 2, 0)).values())
    free(working + sum(weights.values()) - 4)
    *_, made = engine.fill(CANVAS, Settings(steps=1), 1)
    assert isinstance(made, Made)
    assert not engine.model.placement.all_stay
    assert engine.model.loaded == ("vae",)


def test_the_longest_that_fits_is_found() -> None:
    assert [most_frames(lambda count, most=most: count <= most, 21) for most in (0, 1, 20, 21, 50)] == [
        0,
        1,
        20,
        21,
        21,
    ]
