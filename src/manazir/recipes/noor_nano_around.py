"""noor-nano, what stands around its generator and is taught before it; `noor_nano.py` has the generator.

noor_nano_codec     rendered frames → the picture codec
noor_nano_reader    captions → the text encoder
noor_nano_painter   latents and layouts → the painter
noor_nano_finisher  rendered frames and their layouts → the finisher
noor_nano_eye       frames and layouts → the eye
noor_nano_foley     layouts and sound → the foley
"""

from pathlib import Path

from manazir.core.errors import MediaError
from manazir.data.latents import LatentSet, LatentShard
from manazir.data.shards import read_shard
from manazir.models.codecs.picture import PictureCodecShape
from manazir.models.noor.transformer import NoorShape
from manazir.recipes.runs import load_codec, load_painter
from manazir.training.codec import CodecTask, spread_frames
from manazir.training.eye import LookingTask
from manazir.training.finisher import Finishing, FinishingTask
from manazir.training.foley import FoleyTask
from manazir.training.laid_out_frames import FrameGroup, laid_out_frames
from manazir.training.loop import Loop
from manazir.training.painter import PaintingTask
from manazir.training.reading import ReadingTask

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
    drawn = LatentSet(paths[:-1] or paths)
    shown = LatentShard.load(paths[-1])
    loop = regression(steps, cooldown_steps, samples_every=200)
    return PaintingTask(drawn, SHAPE, batch=batch, shown=shown, codec=load_codec(codec)), loop


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
    return task, regression(steps, cooldown_steps, samples_every=200)


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
    return task, regression(steps, cooldown_steps, samples_every=400)


def noor_nano_foley(
    latents: Path = Path("cache/latents"),
    scenes: Path = Path("cache/scenes"),
    steps: int = 2000,
    cooldown_steps: int = 1400,
    batch: int = 64,
) -> tuple[FoleyTask, Loop]:
    """The foley, from clips and from scenes that were not drawn."""
    loop = regression(steps, cooldown_steps)
    return FoleyTask(clips(latents, scenes), SHAPE, batch=batch), loop


def regression(steps: int, cooldown_steps: int, samples_every: int = 10**9) -> Loop:
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


def clips(*folders: Path) -> LatentSet:
    """All shards of some folders."""
    return LatentSet([path for folder in folders for path in sorted(folder.glob("*.safetensors"))])


def _frames(rendered: Path, latents: Path, shards: int, per_clip: int) -> list[FrameGroup]:
    """Frames of so many shards that are rendered and prepared, spread over all."""
    names = sorted(path.stem for path in latents.glob("*.safetensors") if (rendered / f"{path.stem}.tar").exists())
    names = names[:: -(-len(names) // shards) or 1]
    tars = [rendered / f"{name}.tar" for name in names]
    return laid_out_frames(tars, [latents / f"{name}.safetensors" for name in names], per_clip)
