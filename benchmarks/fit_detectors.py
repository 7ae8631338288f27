"""Teach and fit the detectors on rendered truth: python benchmarks/fit_detectors.py [--scenes 1500] [--folder F].

First the segmenter, pixel by pixel; then, on what it reads, the readouts. Writes evaluation/detectors/fitted/, and
prints how each readout does on scenes that nothing was fitted on. What was rendered, learnt and read is kept in the
folder, so that a run that was stopped goes on. An hour or two of one core.
"""

import argparse
import multiprocessing
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from detector_pixels import keep_clip, teach
from detector_samples import Sample, SampledTrack, read_scene
from manazir.evaluation.detectors.event import event_measures
from manazir.evaluation.detectors.kind import KINDS
from manazir.evaluation.detectors.readout import FITTED, Floats, Readout, load_readout
from manazir.evaluation.detectors.shape import shape_measures
from manazir.evaluation.detectors.size import size_measures
from manazir.evaluation.detectors.ways import way_measures
from manazir.evaluation.held_out import EXAMINED
from manazir.worlds.scene import SIZE_CLASSES, CameraMove, Direction, Event, Shape

SEGMENTED = 1500
"""Scenes that the segmenter is taught on."""
HELD_BACK = 0.15
"""Share of the scenes that is kept for the figures that are printed."""
LIGHT_SIDES = ("left", "right", "front", "behind", "above")

Set = tuple[Floats, NDArray[np.int64], NDArray[np.float64]]
"""Measures `[n, measures]`, the right answers' places `[n]`, weights `[n]`."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=1500)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/manazir-fit"))
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    FITTED.mkdir(exist_ok=True)
    cut = round(arguments.scenes * (1 - HELD_BACK))  # the last ones are for the figures alone
    _teach_segmenter(min(SEGMENTED, cut), arguments.folder, arguments.workers)
    read = _read(arguments.scenes, arguments.folder, arguments.workers)
    known, unknown = ([one for pair in part for one in pair] for part in (read[:cut], read[cut:]))
    for name, answers, make, hidden in (
        ("kind", KINDS, _kinds, 24),
        ("outline", tuple(Shape), _outlines, 24),
        ("shape", tuple(Shape), _shapes, 12),
        ("size", tuple(SIZE_CLASSES), _sizes, 24),
        ("light", LIGHT_SIDES, _lights, 24),
        ("camera", tuple(CameraMove), _cameras, 24),
        ("direction", tuple(Direction), _directions, 24),
        ("event", tuple(EXAMINED), _events, 24),
    ):
        readout = learn(make(known), answers, hidden)
        _write(name, readout)
        places, right, _ = make(unknown)
        print(f"{name}: {np.mean(readout.shares(places).argmax(axis=1) == right):.3f} of {len(right)} right")


def _read(scenes: int, folder: Path, workers: int) -> list[list[Sample]]:
    """Render and read all scenes; each worker reads the segmenter that was just taught."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        jobs = pool.imap(partial(read_scene, folder=folder), range(scenes))
        return list(track(jobs, "rendering and reading", total=scenes))


def learn(
    known: Set,
    answers: Sequence[str],
    hidden: int,
    *,
    steps: int = 1500,
    batch: int = 256,
    noise: float = 0.35,
    decay: float = 0.3,
) -> Readout:
    """Fit a readout; noise on the measures keeps it from learning the scenes by heart."""
    torch.manual_seed(0)
    places, right, weights = known
    mean, scale = places.mean(axis=0), places.std(axis=0) + 1e-6
    inside = torch.from_numpy(np.clip((places - mean) / scale, -6, 6)).float()
    wanted, weight = torch.from_numpy(right), torch.from_numpy(weights / weights.mean()).float()
    first = torch.nn.Parameter(torch.randn(inside.shape[1] + 1, hidden) / inside.shape[1] ** 0.5)
    last = torch.nn.Parameter(torch.randn(hidden + 1, len(answers)) * 0.1)
    optimiser = torch.optim.AdamW([first, last], lr=4e-3, weight_decay=decay)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        drawn = torch.randint(len(inside), (min(batch, len(inside)),))
        noisy = inside[drawn] + noise * torch.randn(len(drawn), inside.shape[1])
        logits = torch.tanh(noisy @ first[:-1] + first[-1]) @ last[:-1] + last[-1]
        losses = torch.nn.functional.cross_entropy(logits, wanted[drawn], reduction="none")
        optimiser.zero_grad()
        (losses * weight[drawn]).mean().backward()
        optimiser.step()
        slower.step()
    arrays = {name: value.detach().double().numpy() for name, value in (("hidden", first), ("output", last))}
    return Readout(answers=tuple(str(answer) for answer in answers), mean=mean, scale=scale, **arrays)


def _write(name: str, readout: Readout) -> None:
    (FITTED / f"{name}.json").write_text(readout.to_json())
    load_readout.cache_clear()


def _teach_segmenter(scenes: int, folder: Path, workers: int) -> None:
    """Render what it is taught on, and teach it."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        jobs = pool.imap(partial(keep_clip, folder=folder), range(scenes))
        list(track(jobs, "rendering", total=scenes))
    for line in teach(range(scenes), folder):
        right = ", ".join(f"{name} {line.numbers[name]:.3f}" for name in ("colours", "kinds"))
        print(f"segmenter: step {line.step} of {line.steps}, loss {line.loss:.3f}; of bodies' pixels right: {right}")


def _set(rows: Sequence[tuple[Floats, int, float]]) -> Set:
    places, right, weights = zip(*rows, strict=True)
    return np.stack(places), np.array(right), np.array(weights)


def _bodies(sample: Sample) -> list[SampledTrack]:
    return [one for one in sample.tracks if one.kind == "body"]


def _of_bodies(known: Sequence[Sample], rows: Callable[[Sample, SampledTrack], list[tuple[Floats, int, float]]]) -> Set:
    return _set([row for sample in known for one in _bodies(sample) for row in rows(sample, one)])


def _kinds(known: Sequence[Sample]) -> Set:
    return _set([(one.kind_measures, KINDS.index(one.kind), 1.0) for sample in known for one in sample.tracks])


def _outlines(known: Sequence[Sample]) -> Set:
    def rows(sample: Sample, one: SampledTrack) -> list[tuple[Floats, int, float]]:
        right = list(Shape).index(sample.scene.bodies[one.body or 0].shape)
        return [(outline, right, float(view)) for outline, view in zip(one.outlines, one.views, strict=True)]

    return _of_bodies(known, rows)


def _shapes(known: Sequence[Sample]) -> Set:
    def rows(sample: Sample, one: SampledTrack) -> list[tuple[Floats, int, float]]:
        return [(_shape_measures(one), list(Shape).index(sample.scene.bodies[one.body or 0].shape), 1.0)]

    return _of_bodies(known, rows)


def _shape_measures(one: SampledTrack) -> Floats:
    return shape_measures(load_readout("outline").shares(one.outlines), one.views, one.pixels)


def _shape(one: SampledTrack) -> Floats:
    return load_readout("shape").shares(_shape_measures(one))


def _sizes(known: Sequence[Sample]) -> Set:
    def rows(sample: Sample, one: SampledTrack) -> list[tuple[Floats, int, float]]:
        name = sample.scene.bodies[one.body or 0].size_class
        places = size_measures(one.track, _shape(one), sample.camera_measures)
        return [] if name is None else [(places, list(SIZE_CLASSES).index(name), 1.0)]

    return _of_bodies(known, rows)


def _lights(known: Sequence[Sample]) -> Set:
    def rows(sample: Sample, one: SampledTrack) -> list[tuple[Floats, int, float]]:
        if sample.light_side is None:
            return []
        return [(light, LIGHT_SIDES.index(sample.light_side), one.light_weight) for light in one.light]

    return _of_bodies(known, rows)


def _cameras(known: Sequence[Sample]) -> Set:
    return _set([(one.camera_measures, list(CameraMove).index(CameraMove(one.camera)), 1.0) for one in known])


def _directions(known: Sequence[Sample]) -> Set:
    def rows(sample: Sample, one: SampledTrack) -> list[tuple[Floats, int, float]]:
        right = list(Direction).index(Direction(sample.direction))
        places = np.concatenate([way_measures(one.track), sample.camera_measures])
        return [(places, right, 1.0)] if one.body == sample.scene.actor else []

    return _of_bodies(known, rows)


def _events(known: Sequence[Sample]) -> Set:
    rows = []
    for sample in known:
        bodies = _bodies(sample)
        ramps = [one.track for one in sample.tracks if one.kind == "ramp"]
        if bodies:
            shapes = [_shape(one) for one in bodies]
            places = event_measures([one.track for one in bodies], ramps, shapes, sample.camera_measures)
            rows.append((places, list(EXAMINED).index(Event(sample.scene.event)), 1.0))
    return _set(rows)


if __name__ == "__main__":
    main()
