"""noor-nano: trained on two CPU cores. Twelve steps, each a recipe; docs/train-noor.md has the commands.

The first six are in `noor_nano_around.py`: codec, text encoder, painter, finisher, eye and foley. Then:

noor_nano           latents and captions → the generator
noor_nano_distilled the generator → one that needs few steps and no second pass for guidance
noor_nano_amended   that one → one whose layouts are more often as captions say
noor_nano_animator  that one, and scenes → the animator
noor_nano_steerer   scenes that are steered and the same left alone → the steerer
noor_nano_heeder    captions → the heads that say what words ask of geometry
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from manazir.checkpoints.bundle import fill, load_about, load_part
from manazir.core.errors import CheckpointError
from manazir.models.noor.transformer import Noor
from manazir.recipes.noor_nano_around import SHAPE, clips, regression
from manazir.recipes.runs import (
    load_codec,
    load_generator,
    start_from_eye,
    start_from_finisher,
    start_from_foley,
    start_from_painter,
    start_from_reader,
)
from manazir.training.amending import Amending, AmendingTask
from manazir.training.animator import Animating, AnimatingTask
from manazir.training.distill import FEW, Distillation, DistillationTask
from manazir.training.heeding import HeedingTask
from manazir.training.loop import Loop
from manazir.training.noor import NoorTask, Teaching, measure_paths
from manazir.training.sheets import prompt_sheet
from manazir.training.steered_scenes import SteeredPairs, steered_shards
from manazir.training.steerer import Steering, SteeringTask


def noor_nano(
    latents: Path = Path("cache/latents"),
    scenes: Path = Path("cache/scenes"),
    codec: Path = Path("runs/noor_nano_codec"),
    reader: Path = Path("runs/noor_nano_reader"),
    painter: Path = Path("runs/noor_nano_painter"),
    eye: Path = Path("runs/noor_nano_eye"),
    foley: Path = Path("runs/noor_nano_foley"),
    finisher: Path = Path("runs/noor_nano_finisher"),
    start: Path | None = None,
    steps: int = 20_000,
    cooldown_steps: int = 400,
    batch: int = 24,
    drawn_share: float = 0.5,
) -> tuple[NoorTask, Loop]:
    """The generator.

    Args:
        scenes: shards of `manazir worlds simulate`.
        reader: the run whose text encoder it starts from.
        painter: the run whose painter it starts from.
        eye: the run whose eye it starts from.
        foley: the run whose foley it starts from.
        finisher: the run whose finisher it starts from.
        start: a bundle of trained weights to go on from instead (its codec must have made the latents).
        steps: until when, counted from the run's own beginning.
        drawn_share: of video tokens that take part in a step; with 1.0 for the last few hundred steps it learns to
            see them all at once.
    """
    teaching = Teaching(batch=batch, drawn_share=drawn_share)
    task = NoorTask(clips(latents, scenes), SHAPE, teaching, show=partial(prompt_sheet, codec=load_codec(codec)))
    assert isinstance(task.model, Noor)
    if start is not None:
        fill(task.model, load_part(start, load_about(start), "noor"), str(start))
    else:
        measure_paths(task.model, task.clips, torch.device("cpu"))
        start_from_reader(task.model, reader)
        start_from_painter(task.model, painter)
        start_from_eye(task.model, eye)
        start_from_foley(task.model, foley)
        start_from_finisher(task.model, finisher)
    loop = Loop(
        steps=steps,
        cooldown_steps=cooldown_steps,
        muon_learning_rate=0.02,
        adam_learning_rate=1.5e-3,
        ema_decay=0.99,
        samples_every=250,
        log_every=25,
    )
    return task, loop


def noor_nano_distilled(
    latents: Path = Path("cache/latents"),
    scenes: Path = Path("cache/scenes"),
    codec: Path = Path("runs/noor_nano_codec"),
    teacher: Path = Path("runs/noor_nano"),
    steps: int = 1000,
    cooldown_steps: int = 300,
    batch: int = 12,
) -> tuple[DistillationTask, Loop]:
    """A student of a trained generator, for few steps.

    Args:
        scenes: shards of `manazir worlds simulate`.
        teacher: the generator's run, or a bundle.
    """
    fixed, student = (load_generator(teacher, SHAPE)[0] for _ in range(2))
    task = DistillationTask(
        clips(latents, scenes),
        fixed,
        student,
        Teaching(batch=batch),
        Distillation(),
        show=partial(prompt_sheet, codec=load_codec(codec), sampling=FEW),
    )
    loop = Loop(
        steps=steps,
        cooldown_steps=cooldown_steps,
        muon_learning_rate=0.004,
        adam_learning_rate=3e-4,
        ema_decay=0.99,
        samples_every=250,
        log_every=25,
    )
    return task, loop


def noor_nano_amended(
    latents: Path = Path("cache/latents"),
    scenes: Path = Path("cache/scenes"),
    noor: Path = Path("runs/noor_nano_distilled"),
    steps: int = 600,
    cooldown_steps: int = 570,
    batch: int = 64,
) -> tuple[AmendingTask, Loop]:
    """A distilled generator, taught on together with its text encoder by what captions state.

    Args:
        scenes: shards of `manazir worlds simulate`.
        noor: the run of a distilled generator, or a bundle.
    """
    student = _distilled(noor)
    loop = Loop(
        steps=steps,
        warmup_steps=30,
        cooldown_steps=cooldown_steps,
        muon_learning_rate=0.006,
        adam_learning_rate=1e-3,
        rate_shares=(("noor.text_encoder.", 1.0), ("noor.", 0.3), ("reader.", 2.0)),
        ema_decay=0.98,
        log_every=25,
    )
    return AmendingTask(clips(latents, scenes), student, Amending(batch=batch)), loop


def noor_nano_animator(
    latents: Path = Path("cache/latents"),
    scenes: Path = Path("cache/scenes"),
    noor: Path = Path("runs/noor_nano_amended"),
    steps: int = 3000,
    cooldown_steps: int = 2000,
    batch: int = 64,
) -> tuple[AnimatingTask, Loop]:
    """The animator, from how a generator lays out scenes in few steps.

    Args:
        scenes: shards of `manazir worlds simulate`.
        noor: the run of a distilled generator, or a bundle.
    """
    task = AnimatingTask(clips(latents, scenes), _distilled(noor), Animating(batch=batch))
    return task, regression(steps, cooldown_steps)


def noor_nano_steerer(
    scenes: Path = Path("cache/steered"), steps: int = 4000, cooldown_steps: int = 2500, batch: int = 64
) -> tuple[SteeringTask, Loop]:
    """The steerer, from pairs of scenes; it knows no generator.

    Args:
        scenes: shards of `manazir worlds simulate --steered`.
    """
    pairs = SteeredPairs.load(steered_shards(scenes))
    return SteeringTask(pairs, Steering(batch=batch)), regression(steps, cooldown_steps)


def noor_nano_heeder(
    noor: Path = Path("runs/noor_nano_amended"), steps: int = 600, cooldown_steps: int = 400, batch: int = 96
) -> tuple[HeedingTask, Loop]:
    """Heads that say what words ask of geometry, from captions alone.

    Args:
        noor: the run of a generator, or a bundle: its text encoder is the one that is asked.
    """
    task = HeedingTask(load_generator(noor, SHAPE)[0].text_encoder, batch=batch)
    return task, replace(regression(steps, cooldown_steps), adam_learning_rate=1e-2)


def _distilled(folder: Path) -> Noor:
    student, is_distilled = load_generator(folder, SHAPE)
    if not is_distilled:
        raise CheckpointError(
            f"the generator of {folder} is not distilled; run manazir train noor_nano_distilled first"
        )
    return student
