"""Noor's engine: what is where is laid out first; pictures and sound are drawn from that."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from manazir.core import layout as at
from manazir.core.canvas import Canvas
from manazir.core.seeds import derive
from manazir.inference.choices import NOOR
from manazir.inference.engine import Made, Settings, Step, refuse_unread
from manazir.inference.noor.camera import filming_of, is_free
from manazir.inference.noor.carrying import carried, nearest, used
from manazir.inference.noor.heeding import Asked, asked
from manazir.inference.noor.model import NoorModel
from manazir.inference.noor.plan import SOUND_RATE, TOKENS_PER_SECOND, Plan, make_plan
from manazir.inference.noor.sampling import Known, Played, Prompted, Sampling, sample
from manazir.inference.noor.seeing import see
from manazir.inference.noor.staying import staying
from manazir.inference.noor.steadying import filled
from manazir.inference.noor.windows import Window, windows
from manazir.media.clip import Clip, Sound
from manazir.models.codecs.levels import to_frames, to_pictures
from manazir.models.codecs.spectrogram import SoundTokens
from manazir.models.noor.stretch import Guide, Stretch
from manazir.worlds.scene import CameraMove, Event


@dataclass(slots=True)
class _Latents:
    """The whole clip in latents, padded to whole windows, filled in window by window."""

    video: Tensor
    sound: Tensor
    layout: Tensor
    actions: Tensor
    is_frame_known: NDArray[np.bool_]
    is_sound_known: NDArray[np.bool_]
    """Given from the start."""
    has_sound: NDArray[np.bool_]
    """Given, or made by an earlier window."""
    has_layout: NDArray[np.bool_]
    """Seen, or made by an earlier window."""
    seen: Tensor
    """What was seen, before anything was made."""
    stays: Tensor
    """`[t, s]`: what of that is kept where it is, thing by thing."""


@dataclass(frozen=True, slots=True)
class NoorEngine:
    """A Noor model, and how it fills in canvases."""

    model: NoorModel

    @property
    def name(self) -> str:
        """Of the model."""
        return self.model.name

    @property
    def weights_hash(self) -> str:
        """Of its bundle."""
        return self.model.weights_hash

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.model.device

    @property
    def frame_rate(self) -> float | None:
        """At which it makes frames."""
        return self.model.frame_rate

    @property
    def longest_seconds(self) -> float | None:
        """That it makes at once."""
        return self.model.longest_seconds

    def check_size(self, width: int, height: int) -> None:
        """Raise a ShapeError that names the native sizes, unless this is one."""
        self.model.check_size(width, height)

    def draft(self, settings: Settings) -> Settings:
        """The same with few steps."""
        return replace(settings, layout_steps=self.model.draft_layout_steps, steps=self.model.draft_steps)

    def used(self, settings: Settings) -> dict[str, Any]:
        """The settings as they are used."""
        own = {
            "layout_steps": self.model.layout_steps,
            "steps": self.model.default_steps,
            "guidance_scale": self.model.guidance_scale,
        }
        return own | {name: value for name, value in asdict(settings).items() if value is not None}

    def fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        """As `generate`."""
        settings.refuse_beyond(self.name, NOOR)
        return generate(canvas, self.model, settings, seed)


@torch.no_grad()
def generate(canvas: Canvas, model: NoorModel, settings: Settings, seed: int) -> Iterator[Step | Made]:
    """Fill in a canvas: yields a Step after every step and, last, what was Made.

    Raises:
        UnsupportedError, ShapeError, MediaError, CanvasError: see `make_plan`.
    """
    began = time.perf_counter()
    plan = make_plan(canvas, model)
    sampling = _sampling(canvas, model, settings, plan)
    refuse_unread(model.name, canvas, is_guided=sampling.guidance_scale != 1.0)
    latents = _encode(plan, model)
    prompted, heeded = _heed(canvas, plan, model)
    shows = _see(latents, plan, model, prompted)
    spans = windows(
        latents.video.shape[0],
        model.window,
        latents.is_frame_known,
        goes_backwards=plan.goes_backwards,
        is_loop=canvas.is_loop,
    ) or _sound_windows(latents, model)
    steps = sampling.layout_steps + sampling.steps
    total = len(spans) * steps
    for index, window in enumerate(spans):
        noise = derive(seed, "noise", index)
        for step, done in enumerate(_fill(latents, window, model, prompted, sampling, noise, heeded), 1):
            if step == steps:
                _store(latents, window, done, model)
            yield Step(index * steps + step, total, partial(_preview, done, model))
    clip = _decode(latents, plan, model)
    calls = len(spans) * sampling.network_calls + shows  # to see, the network is asked what words lead to expect
    yield Made(clip, calls, time.perf_counter() - began)


def _heed(canvas: Canvas, plan: Plan, model: NoorModel) -> tuple[Prompted, Asked]:
    """A canvas' words for the network, and what they and its camera path ask of geometry.

    Heads know the words of captions, in all their ways; those of film-makers are looked for beside them, and told the
    network as captions have them.
    """
    filming = filming_of(canvas)
    prompted = Prompted.encode(model.noor, [canvas.prompt], [canvas.negative_prompt])
    heeded = Asked() if model.heeder is None else asked(model.heeder, prompted.wanted)
    if filming.path is not None and filming.path.move != heeded.camera:
        prompted = Prompted.encode(model.noor, [filming.prompt], [canvas.negative_prompt])
        event = None if model.heeder is None else asked(model.heeder, prompted.wanted).event
        heeded = Asked(camera=CameraMove(filming.path.move), event=event)
    if canvas.camera is None and not is_free(canvas):
        return prompted, replace(heeded, camera=None)
    if heeded.camera is None and heeded.event is Event.REST:  # else it seems that they move, where the ground is plain
        heeded = replace(heeded, camera=CameraMove.STILL)
    made = int((~plan.is_frame_known).sum())
    made = max(2, made) if canvas.camera is not None else max(model.window, made)  # words ask for no haste
    amount = 1.0 if filming.path is None else filming.path.amount
    return prompted, replace(heeded, camera_speed=amount * (model.window - 1) / (made - 1))


def _sampling(canvas: Canvas, model: NoorModel, settings: Settings, plan: Plan) -> Sampling:
    return Sampling(
        layout_steps=0 if plan.is_frame_known.all() else settings.layout_steps or model.layout_steps,
        steps=settings.steps or model.default_steps,
        guidance_scale=model.guidance_scale if settings.guidance_scale is None else settings.guidance_scale,
        shift=model.shift,
        strength=plan.strength,
        is_distilled=model.is_distilled,
        is_something_unwanted=bool(canvas.negative_prompt.strip()),
        draws_pictures=not plan.is_frame_known.any() and not plan.is_changed,
    )


def _encode(plan: Plan, model: NoorModel) -> _Latents:
    """The plan in latents, padded at its open end to whole windows."""
    half = model.window // 2
    frames = max(model.window, -(-len(plan.frames) // half) * half)
    before = frames - len(plan.frames) if plan.goes_backwards else 0
    tokens = frames * TOKENS_PER_SECOND // round(model.frame_rate)
    tokens_before = tokens - plan.sound_tokens if plan.goes_backwards else 0
    video = torch.zeros(frames, model.noor.shape.channels, plan.height // 16, plan.width // 16, device=model.device)
    shown = plan.is_frame_known | plan.is_changed
    places = np.flatnonzero(shown)
    if len(places):
        video[torch.from_numpy(places + before)] = model.codec.encode(_shown(plan, model))
    sound = torch.zeros(tokens, model.noor.shape.sound_width, device=model.device)
    sound[tokens_before : tokens_before + plan.sound_tokens] = SoundTokens().encode(torch.from_numpy(plan.sound)[None])[
        0
    ]
    layout = torch.zeros(frames, at.SLOTS, at.FEATURES, device=model.device)
    actions = torch.zeros(frames, dtype=torch.long, device=model.device)
    actions[before : before + len(plan.actions)] = torch.from_numpy(plan.actions)
    given = _padded(plan.is_sound_known, tokens, tokens_before)
    frame_known = _padded(plan.is_frame_known, frames, before)
    return _Latents(
        video,
        sound,
        layout,
        actions,
        frame_known,
        given,
        given.copy(),
        np.zeros(frames, np.bool_),
        layout.clone(),
        torch.zeros(layout.shape[:2], dtype=torch.bool, device=model.device),
    )


def _shown(plan: Plan, model: NoorModel) -> Tensor:
    """The pictures `[n, 3, h, w]` that are known, or that a clip which is to be changed starts from."""
    return to_pictures(torch.from_numpy(plan.frames[plan.is_frame_known | plan.is_changed]).to(model.device))


def _see(latents: _Latents, plan: Plan, model: NoorModel, prompted: Prompted) -> bool:
    """Lay out the frames that are known, or that a clip which is to be changed starts from; whether there are any."""
    before = len(latents.video) - len(plan.frames) if plan.goes_backwards else 0
    shown = _padded(plan.is_frame_known | plan.is_changed, len(latents.video), before)
    guide = Guide(prompted.wanted, plan.width / plan.height)
    if model.is_distilled:  # it knows no infinitesimal step; what words lead to expect is asked without guidance
        one = torch.ones(1, device=model.device)
        guide = replace(guide, step=one / model.layout_steps, guidance=one)
    latents.layout = see(model.noor, guide, _shown(plan, model), torch.from_numpy(shown).to(model.device), model.window)
    if plan.is_changed:
        latents.layout = filled(latents.layout[None])[0]
    latents.seen = latents.layout.clone()
    latents.has_layout = latents.is_frame_known.copy()
    if plan.kept is not None:
        latents.stays[: len(plan.frames)] = staying(latents.layout[: len(plan.frames)], plan.kept)
    return bool(shown.any())


def _padded(mask: NDArray[np.bool_], size: int, before: int) -> NDArray[np.bool_]:
    result = np.zeros(size, np.bool_)
    result[before : before + len(mask)] = mask
    return result


def _sound_windows(latents: _Latents, model: NoorModel) -> list[Window]:
    """Where every frame is known and only sound is wanted: windows all the same."""
    none = np.zeros(latents.video.shape[0], np.bool_)
    spans = windows(len(none), model.window, none, goes_backwards=False, is_loop=False)
    return [replace(window, makes=np.zeros(model.window, np.bool_)) for window in spans]


def _tokens_of(window: Window, model: NoorModel, total: int) -> NDArray[np.int64]:
    """The sound tokens of a window's time."""
    count = model.window * TOKENS_PER_SECOND // round(model.frame_rate)
    first = window.frames[0] * TOKENS_PER_SECOND // round(model.frame_rate)
    tokens: NDArray[np.int64] = (first + np.arange(count)) % total
    return tokens


def _makes_sound(latents: _Latents, window: Window, tokens: NDArray[np.int64]) -> NDArray[np.bool_]:
    """A window makes the sound that nothing has made yet, and makes anew that of the frames it makes."""
    frame_of = np.arange(len(tokens)) * len(window.frames) // len(tokens)
    result: NDArray[np.bool_] = ~latents.has_sound[tokens] | (window.makes[frame_of] & ~latents.is_sound_known[tokens])
    return result


def _fill(
    latents: _Latents,
    window: Window,
    model: NoorModel,
    prompted: Prompted,
    sampling: Sampling,
    seed: int,
    heeded: Asked,
) -> Iterator[Stretch]:
    tokens = _tokens_of(window, model, len(latents.sound))
    clean = Stretch(
        latents.video[window.frames][None], latents.sound[tokens][None], latents.layout[window.frames][None]
    )
    known = Known(
        clean,
        torch.from_numpy(~window.makes)[None].to(model.device),
        torch.from_numpy(~_makes_sound(latents, window, tokens))[None].to(model.device),
        torch.from_numpy(~window.makes & latents.has_layout[window.frames])[None].to(model.device),
        latents.stays[window.frames][None],
    )
    played = Played(model.steerer, latents.actions[window.frames][None])
    generator = torch.Generator().manual_seed(seed)  # on the CPU: one seed, one noise, on every device
    parts = (clean.video, clean.sound, clean.layout)
    noise = Stretch(*(torch.randn(part.shape, generator=generator).to(model.device) for part in parts))
    return sample(model.noor, prompted, known, sampling, noise, played=played, asked=heeded)


def _store(latents: _Latents, window: Window, done: Stretch, model: NoorModel) -> None:
    tokens = _tokens_of(window, model, len(latents.sound))
    latents.video[window.frames] = done.video[0]
    latents.sound[tokens] = done.sound[0]
    latents.has_sound[tokens] = True
    latents.layout[window.frames] = done.layout[0]
    latents.has_layout[window.frames] = True


@torch.no_grad()
def _preview(done: Stretch, model: NoorModel) -> NDArray[np.uint8]:
    """The middle frame of a window as its layout has it; what is to be drawn beyond that is not there yet."""
    middle = model.window // 2
    layout = done.layout[0, middle : middle + 1]
    painted = model.noor.painter(layout, *done.video.shape[3:])
    frame: NDArray[np.uint8] = to_frames(model.noor.finisher(model.codec.decode(painted), layout))[0]
    return frame


def _decode(latents: _Latents, plan: Plan, model: NoorModel) -> Clip:
    """Pictures and sound of the whole clip, without the padding."""
    frames = len(plan.frames)
    made = plan.frames if plan.is_frame_known.all() else _pictures(latents, plan, model, frames)
    return Clip(made, model.frame_rate, _sound(latents, plan, model, frames))


def _pictures(latents: _Latents, plan: Plan, model: NoorModel, frames: int) -> NDArray[np.uint8]:
    """The made pictures, with the known ones in their places.

    Beside known frames all are drawn from their layouts alone, so that the residuals of the known ones fit the others.
    A clip that is changed has its residuals from what it was, frame by frame.
    """
    first = len(latents.video) - frames if plan.goes_backwards else 0
    span = slice(first, first + frames)
    video, layout = latents.video[span], latents.layout[span]
    given = to_pictures(torch.from_numpy(plan.frames).to(model.device))
    near = nearest(plan.is_frame_known, is_loop=plan.is_loop)
    if plan.is_changed:
        layout, given = torch.cat([layout, latents.seen[span]]), torch.cat([given, given])
        near = [[(frames + index, 1)] for index in range(frames)] + [[] for _ in range(frames)]
    takes_part = used(near)
    if not takes_part:
        return to_frames(model.noor.finisher(model.codec.decode(video), layout))
    number = {frame: index for index, frame in enumerate(takes_part)}
    among = [[(number[frame], apart) for frame, apart in near[index]] for index in takes_part]
    layout = layout[takes_part]
    drawn = model.noor.finisher(model.codec.decode(model.noor.painter(layout, *video.shape[2:])), layout)
    given[takes_part] = carried(drawn, layout, given[takes_part], among)
    made = to_frames(given[:frames])
    return made if plan.kept is None else plan.kept.laid_over(plan.frames, made)


def _sound(latents: _Latents, plan: Plan, model: NoorModel, frames: int) -> Sound:
    """The made sound, with the known one in its place where it was known."""
    first = len(latents.sound) - plan.sound_tokens if plan.goes_backwards else 0
    samples = SoundTokens().decode(latents.sound[first : first + plan.sound_tokens][None].cpu())[0].numpy().copy()
    per_token = SOUND_RATE // TOKENS_PER_SECOND
    known = np.repeat(plan.is_sound_known, per_token)[: len(samples), None]
    size = round(frames / model.frame_rate * SOUND_RATE)
    mixed = np.where(known, plan.sound[: len(samples)], samples)
    return Sound(np.ascontiguousarray(mixed[:size], dtype=np.float32), SOUND_RATE)
