"""noor-nano: trained on two CPU cores. Twelve steps, each a recipe; docs/train-noor.md has the commands.

noor_nano_codec     rendered frames → the picture codec
noor_nano_reader    captions → the text encoder
noor_nano_painter   latents and layouts → the painter
noor_nano_finisher  rendered frames and their layouts → the finisher
noor_nano_eye       frames and layouts → the eye
noor_nano_foley     layouts and sound → the foley
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
from torch import nn

from manazir.checkpoints.bundle import fill, load_about, load_part
from manazir.core.errors import CheckpointError, MediaError
from manazir.data.latents import LatentSet, LatentShard
from manazir.data.shards import read_shard
from manazir.models.codecs.picture import PictureCodec, PictureCodecShape
from manazir.models.noor.painter import Painter
from manazir.models.noor.transformer import Noor, NoorShape
from manazir.training.amending import Amending, AmendingTask
from manazir.training.animator import Animating, AnimatingTask
from manazir.training.codec import CodecTask, spread_frames
from manazir.training.distill import FEW, Distillation, DistillationTask
from manazir.training.export import load_noor
from manazir.training.eye import LookingTask
from manazir.training.finisher import Finishing, FinishingTask
from manazir.training.foley import FoleyTask
from manazir.training.heeding import HeedingTask
from manazir.training.laid_out_frames import FrameGroup, laid_out_frames
from manazir.training.loop import Loop, load_average
from manazir.training.noor import NoorTask, Teaching, measure_paths
from manazir.training.painter import PaintingTask
from manazir.training.reading import ReadingTask
from manazir.training.sheets import prompt_sheet
from manazir.training.steered_scenes import SteeredPairs, steered_shards
from manazir.training.steerer import Steering, SteeringTask

SHAPE = NoorShape()
CODEC = PictureCodecShape()


def noor_nano_codec(
    rendered: Path = Path("cache/rendered"), steps: int = 1500, cooldown_steps: int = 400, shards: int = 20
) -> tuple[CodecTask, Loop]:
    """The picture codec, from some shards of rendered clips."""
    paths = sorted(rendered.glob("*.tar"))[:shards]
    if not paths:
        raise MediaError(f"no shards in {rendered}; render some: manazir worlds render --out {rendered} --clips 10000")
    frames = [frame for path in paths for frame in spread_frames([s.clip for s in read_shard(path)], per_clip=8)]
    loop = Loop(steps=steps, cooldown_steps=cooldown_steps, gradient_limit=0.5, ema_decay=0.995, log_every=50)
    return CodecTask(frames, CODEC), loop


def noor_nano_reader(steps: int = 3000, cooldown_steps: int = 1000, batch: int = 96) -> tuple[ReadingTask, Loop]:
    """The text encoder, from captions alone."""
    loop = Loop(
        steps=steps,
        cooldown_steps=cooldown_steps,
        muon_learning_rate=0.01,
        adam_learning_rate=2e-3,
        ema_decay=0.98,
        log_every=25,
    )
    return ReadingTask(SHAPE.text, batch=batch), loop


def noor_nano_painter(
    latents: Path = Path("cache/latents"),
    codec: Path = Path("runs/noor_nano_codec"),
    steps: int = 1600,
    cooldown_steps: int = 1200,
    batch: int = 64,
) -> tuple[PaintingTask, Loop]:
    """The painter, from single frames. The last shard is kept for its contact sheets."""
    paths = sorted(latents.glob("*.safetensors"))
    clips = LatentSet(paths[:-1] or paths)
    shown = LatentShard.load(paths[-1])
    loop = _regression(steps, cooldown_steps, samples_every=200)
    return PaintingTask(clips, SHAPE, batch=batch, shown=shown, codec=load_codec(codec)), loop


def noor_nano_finisher(
    rendered: Path = Path("cache/rendered"),
    latents: Path = Path("cache/latents"),
    codec: Path = Path("runs/noor_nano_codec"),
    painter: Path = Path("runs/noor_nano_painter"),
    steps: int = 1700,
    cooldown_steps: int = 900,
    batch: int = 16,
    shards: int = 84,
) -> tuple[FinishingTask, Loop]:
    """The finisher, from four frames of each clip of some shards, spread over all picture shapes."""
    frames = _frames(rendered, latents, shards, per_clip=4)
    task = FinishingTask(frames, SHAPE, load_codec(codec), load_painter(painter, SHAPE), Finishing(batch=batch))
    return task, _regression(steps, cooldown_steps, samples_every=200)


def noor_nano_eye(
    rendered: Path = Path("cache/rendered"),
    latents: Path = Path("cache/latents"),
    codec: Path = Path("runs/noor_nano_codec"),
    painter: Path = Path("runs/noor_nano_painter"),
    steps: int = 3600,
    cooldown_steps: int = 2400,
    batch: int = 32,
    shards: int = 188,
) -> tuple[LookingTask, Loop]:
    """The eye, from three frames of each clip. The painter shows in contact sheets what it sees."""
    frames = _frames(rendered, latents, shards, per_clip=3)
    task = LookingTask(frames, SHAPE, batch=batch, codec=load_codec(codec), painter=load_painter(painter, SHAPE))
    return task, _regression(steps, cooldown_steps, samples_every=400)


def noor_nano_foley(
    latents: Path = Path("cache/latents"),
    scenes: Path = Path("cache/scenes"),
    steps: int = 2000,
    cooldown_steps: int = 1400,
    batch: int = 64,
) -> tuple[FoleyTask, Loop]:
    """The foley, from clips and from scenes that were not drawn."""
    loop = _regression(steps, cooldown_steps)
    return FoleyTask(_clips(latents, scenes), SHAPE, batch=batch), loop


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
    task = NoorTask(_clips(latents, scenes), SHAPE, teaching, show=partial(prompt_sheet, codec=load_codec(codec)))
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
    fixed, student = (load_generator(teacher)[0] for _ in range(2))
    task = DistillationTask(
        _clips(latents, scenes),
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
    return AmendingTask(_clips(latents, scenes), student, Amending(batch=batch)), loop


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
    task = AnimatingTask(_clips(latents, scenes), _distilled(noor), Animating(batch=batch))
    return task, _regression(steps, cooldown_steps)


def noor_nano_steerer(
    scenes: Path = Path("cache/steered"), steps: int = 4000, cooldown_steps: int = 2500, batch: int = 64
) -> tuple[SteeringTask, Loop]:
    """The steerer, from pairs of scenes; it knows no generator.

    Args:
        scenes: shards of `manazir worlds simulate --steered`.
    """
    pairs = SteeredPairs.load(steered_shards(scenes))
    return SteeringTask(pairs, Steering(batch=batch)), _regression(steps, cooldown_steps)


def noor_nano_heeder(
    noor: Path = Path("runs/noor_nano_amended"), steps: int = 600, cooldown_steps: int = 400, batch: int = 96
) -> tuple[HeedingTask, Loop]:
    """Heads that say what words ask of geometry, from captions alone.

    Args:
        noor: the run of a generator, or a bundle: its text encoder is the one that is asked.
    """
    task = HeedingTask(load_generator(noor)[0].text_encoder, batch=batch)
    return task, replace(_regression(steps, cooldown_steps), adam_learning_rate=1e-2)


def _distilled(folder: Path) -> Noor:
    student, is_distilled = load_generator(folder)
    if not is_distilled:
        raise CheckpointError(
            f"the generator of {folder} is not distilled; run manazir train noor_nano_distilled first"
        )
    return student


def _regression(steps: int, cooldown_steps: int, samples_every: int = 10**9) -> Loop:
    """How the small networks around the generator learn."""
    return Loop(
        steps=steps,
        warmup_steps=50,
        cooldown_steps=cooldown_steps,
        muon_learning_rate=0.02,
        adam_learning_rate=2e-3,
        ema_decay=0.98,
        samples_every=samples_every,
        log_every=25,
    )


def _frames(rendered: Path, latents: Path, shards: int, per_clip: int) -> list[FrameGroup]:
    """Frames of so many shards that are rendered and prepared, spread over all."""
    names = sorted(path.stem for path in latents.glob("*.safetensors") if (rendered / f"{path.stem}.tar").exists())
    names = names[:: -(-len(names) // shards) or 1]
    tars = [rendered / f"{name}.tar" for name in names]
    return laid_out_frames(tars, [latents / f"{name}.safetensors" for name in names], per_clip)


def _clips(*folders: Path) -> LatentSet:
    return LatentSet([path for folder in folders for path in sorted(folder.glob("*.safetensors"))])


def load_codec(folder: Path) -> PictureCodec:
    """The codec of a run, or of a bundle."""
    if (folder / "model.json").exists():
        about = load_about(folder)
        codec = PictureCodec(PictureCodecShape(**about["codec"]))
        fill(codec, load_part(folder, about, "codec"), f"the codec of {folder}")
        return codec.eval()
    weights, facts = load_average(folder)
    codec = PictureCodec(PictureCodecShape(**facts["codec"]))
    fill(codec, weights, f"the codec of {folder}")
    return codec.eval()


def load_generator(folder: Path) -> tuple[Noor, bool]:
    """The generator of a run, or of a bundle, and whether it was distilled."""
    if (folder / "model.json").exists():
        about = load_about(folder)
        weights, is_distilled = load_part(folder, about, "noor"), bool(about["makes"]["is_distilled"])
    else:
        weights, facts = load_noor(folder)
        is_distilled = "distillation" in facts
    noor = Noor(SHAPE)
    fill(noor, weights, f"the generator of {folder}")
    return noor, is_distilled


def load_painter(folder: Path, shape: NoorShape) -> Painter:
    """The painter of a run."""
    painter = Painter(shape.channels, shape.painter_widths)
    _fill_part(painter, folder, "painter")
    return painter


def start_from_reader(model: Noor, folder: Path) -> None:
    """Give a generator the text encoder of a run."""
    weights, _ = load_average(folder)
    encoder = {name.removeprefix("encoder."): value for name, value in weights.items() if name.startswith("encoder.")}
    with torch.no_grad():
        model.text_encoder.load_state_dict(encoder)


def start_from_painter(model: Noor, folder: Path) -> None:
    """Give a generator the painter of a run."""
    _fill_part(model.painter, folder, "painter")


def start_from_eye(model: Noor, folder: Path) -> None:
    """Give a generator the eye of a run."""
    _fill_part(model.eye, folder, "eye")


def start_from_foley(model: Noor, folder: Path) -> None:
    """Give a generator the foley of a run."""
    _fill_part(model.foley, folder, "foley")


def start_from_finisher(model: Noor, folder: Path) -> None:
    """Give a generator the finisher of a run."""
    _fill_part(model.finisher, folder, "finisher")


def _fill_part(part: nn.Module, folder: Path, name: str) -> None:
    weights, _ = load_average(folder)
    fill(part, weights, f"the {name} of {folder}")
