"""The library call: `manazir.generate(Canvas(...)) -> Clip`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from manazir.checkpoints.adapter_files import AdapterFile, parse_adapter
from manazir.checkpoints.library import model_folder
from manazir.checkpoints.manifest import NAME as MANIFEST
from manazir.core.canvas import Canvas, File
from manazir.core.errors import ShapeError
from manazir.core.home import home
from manazir.inference.catalogue import DEFAULT, check_is_here
from manazir.inference.device import choose_device, give_back
from manazir.inference.devices_asked import Devices, parse_devices
from manazir.inference.engine import Engine, Settings
from manazir.inference.engines import load_engine
from manazir.inference.produce import Produced, finished, produce
from manazir.inference.several import take_together
from manazir.media.clip import Clip


def generate(
    canvas: Canvas,
    *,
    model: str = DEFAULT,
    settings: Settings | None = None,
    adapters: Sequence[File | AdapterFile] = (),
    precision: str | None = None,
    is_draft: bool = False,
    allows_resampling: bool = False,
    devices: Devices | str | int = 1,
    on_step: Callable[[int, int], object] | None = None,
) -> Clip:
    """Fill in a canvas. The model stays loaded until another one is asked for, or the same with other adapters.

    Args:
        settings: steps, guidance, solver and the like; what it leaves open is the model's own.
        adapters: of open weights, put into them: as `--lora` has them (`style.safetensors=0.8`), or as files.
        precision: of open weights: bfloat16, float32 or float8; None: what the device does best.
        is_draft: few steps: sooner, and rougher.
        allows_resampling: whether a size that the model does not make is reached by scaling and cropping.
        devices: how many make it together, or what they share, as `--devices` has it: each in a process of its own,
            for this one clip, and the kept model goes before.
        on_step: told how many steps are done, and of how many.

    Raises:
        UnsupportedError, ShapeError, CanvasError: the model cannot do it, and what it can.
        MediaError: a file of the canvas is not what it should be.
        CheckpointError: the model's weights, or an adapter's, are absent or damaged.
    """
    return take(
        canvas,
        model=model,
        settings=settings,
        adapters=adapters,
        precision=precision,
        is_draft=is_draft,
        allows_resampling=allows_resampling,
        devices=devices,
        on_step=on_step,
    ).clip


def take(
    canvas: Canvas,
    *,
    model: str = DEFAULT,
    settings: Settings | None = None,
    adapters: Sequence[File | AdapterFile] = (),
    precision: str | None = None,
    is_draft: bool = False,
    allows_resampling: bool = False,
    devices: Devices | str | int = 1,
    on_step: Callable[[int, int], object] | None = None,
) -> Produced:
    """Fill in a canvas as `generate` does; return the clip with its take, which says how to make it again."""
    chosen = settings or Settings()
    if is_draft and (chosen.steps, chosen.layout_steps) != (None, None):
        raise ShapeError("a draft and the settings both say how many steps; give one of them")
    asked = devices if isinstance(devices, Devices) else parse_devices(devices)
    if asked.total > 1:
        forget()
        return take_together(
            canvas,
            asked,
            model=model,
            settings=chosen,
            adapters=_files(adapters),
            precision=precision,
            is_draft=is_draft,
            allows_resampling=allows_resampling,
            on_step=on_step,
        )
    engine = _loaded(_wanted(model, adapters, precision))
    if is_draft:
        chosen = engine.draft(chosen)
    return finished(produce(canvas, engine, chosen, allows_resampling=allows_resampling), on_step)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What an engine is loaded from."""

    home: Path
    device: torch.device
    model: str
    adapters: tuple[AdapterFile, ...]
    written: tuple[int, ...]
    """When: the model's manifest, and each adapter, for there may be others in their places by now."""
    precision: str | None


def _wanted(model: str, adapters: Sequence[File | AdapterFile], precision: str | None) -> _Wanted:
    check_is_here(model)
    files = _files(adapters)
    paths = [model_folder(model) / MANIFEST, *(file.path for file in files)]
    written = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)
    device = choose_device()
    return _Wanted(home=home(), device=device, model=model, adapters=files, written=written, precision=precision)


def _files(adapters: Sequence[File | AdapterFile]) -> tuple[AdapterFile, ...]:
    return tuple(each if isinstance(each, AdapterFile) else parse_adapter(str(each)) for each in adapters)


_kept: dict[_Wanted, Engine] = {}
"""The engine that was used last: weights of several would fill a machine unasked."""


def _loaded(wanted: _Wanted) -> Engine:
    """That engine; any other goes first, so that its room is free when the new one looks for some."""
    engine = _kept.get(wanted)
    if engine is None:
        forget()
        engine = _kept[wanted] = load_engine(wanted.model, wanted.device, wanted.adapters, wanted.precision)
    return engine


def forget() -> None:
    """Let go of the model that is kept, and of its memory."""
    if _kept:
        _kept.clear()
        give_back()
