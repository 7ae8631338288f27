"""From pixels and words to a request for LTX-2, and from its latents to pixels and sound.

Sizes are multiples of 32 and lengths 8 n + 1 frames, as the video codec's cells are; a sound lasts as long as its film,
to the nearest latent frame, of which there are 25 in a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.request import Latents, Read, Request, Stretch
from manazir.models.codecs.ltx_audio import COMPRESSION
from manazir.models.codecs.ltx_mel import LtxMelShape, log_mel

MEL = LtxMelShape()
"""Of the spectra that the codec of sound reads; the same in all releases."""


@dataclass(frozen=True, slots=True)
class Known:
    """Frames that are given."""

    pixels: Float[Tensor, "t h w 3"]
    """In [0, 1], of the clip's size: one picture, or 8 n + 1 frames."""
    first_frame: int = 0
    """Where in the clip they begin, in frames."""
    strength: float = 1.0
    """1.0: as they are; below it, they may change a little."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Sound that is given."""

    samples: Float[Tensor, "channels n"]
    """In [-1, 1], at `MEL.sample_rate`; as many channels as the model's sound."""
    first_second: float = 0.0
    """When in the clip it begins; what lies before or beyond the clip is not heard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A clip that is to be changed."""

    pixels: Float[Tensor, "t h w 3"]
    """In [0, 1], of the size and the length that are asked for."""
    from_level: float
    """Of noise: at which it begins to change; 1.0: only its length stays."""
    kept: Bool[Tensor, "i j"] | None = None
    """Cells of its picture that stay as they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A clip as it is asked for."""

    prompt: str
    unwanted: str | None = ""
    """None: nothing is read for guidance to move away from."""
    height: int
    width: int
    frame_count: int
    frame_rate: float = 24.0
    known: Sequence[Known] = ()
    heard: Heard | None = None
    changed: Changed | None = None


def check(model: LtxModel, wanted: Wanted) -> None:
    """Refuse what a model cannot make.

    Raises:
        ShapeError: says what would do.
    """
    per_frame, side, _ = model.video_shape.compression
    if wanted.height % side or wanted.width % side:
        raise ShapeError(f"{wanted.width}x{wanted.height} pixels; {model.name} makes multiples of {side}")
    if (wanted.frame_count - 1) % per_frame or wanted.frame_count < 1:
        whole = max(wanted.frame_count - 1, 0) // per_frame * per_frame + 1
        raise ShapeError(
            f"{wanted.frame_count} frames; {model.name} makes {per_frame} n + 1: try {whole} or {whole + per_frame}"
        )
    for known in wanted.known:
        _check_known(known, wanted)


def draw(model: LtxModel, wanted: Wanted, generator: torch.Generator) -> Latents:
    """Noise for a clip, on the generator's device: video's first, as diffusers' pipeline draws it.

    Raises:
        ShapeError: the model cannot make such a clip.
    """
    check(model, wanted)
    codec, audio = model.video_shape, model.audio_shape
    frames = _latent_frames(model, wanted.frame_count)
    appended = sum(_latent_frames(model, len(known.pixels)) for known in wanted.known if known.first_frame)
    size = (wanted.height // codec.compression[1], wanted.width // codec.compression[2])
    video = (codec.latent_channels, frames + appended, *size)
    sound = (audio.latent_channels, sound_frames(model, wanted), audio.bands // COMPRESSION)
    return Latents(*(torch.randn(shape, generator=generator, device=generator.device) for shape in (video, sound)))


def sound_frames(model: LtxModel, wanted: Wanted) -> int:
    """Latent frames of a clip's sound; a single picture has one too."""
    shape = model.shape
    return max(1, round(wanted.frame_count / wanted.frame_rate * (shape.sound_rate / shape.sound_compression)))


def compose(model: LtxModel, wanted: Wanted, noise: Latents, words: Read | None = None) -> Request:
    """Words, noise and what is known, as the transformer takes them.

    What is known from the first frame on stands in the clip's own latents; all else is appended.

    Args:
        noise: as `draw` makes it.
        words: the prompt's, if it was read before.

    Raises:
        ShapeError: the model cannot make such a clip.
    """
    check(model, wanted)
    shape, frames = model.shape, _latent_frames(model, wanted.frame_count)
    video = Stretch(
        noise=noise.video.to(model.placement.device),
        times=torch.cat([shape.video_times(frames, wanted.frame_rate), *_appended_times(model, wanted)]),
    )
    if wanted.changed is not None:
        video = _with_changed(model, wanted.changed, video)
    sound = noise.sound.to(model.placement.device)
    track = Stretch(noise=sound, times=shape.sound_times(sound.shape[1]))
    return Request(
        video=_with_known(model, wanted, video, frames) if wanted.known else video,
        sound=track if wanted.heard is None else _with_heard(model, wanted.heard, track),
        frames=frames,
        words=model.read(wanted.prompt) if words is None else words,
        unwanted=None if wanted.unwanted is None else model.read(wanted.unwanted),
    )


@torch.no_grad()
def frames_of(model: LtxModel, latents: Float[Tensor, "c t h w"]) -> Float[Tensor, "frames height width 3"]:
    """A film's pixels, in [0, 1]."""
    codec = model.video
    return pixels_of(codec.decode(latents[None].to(codec.latent_mean.dtype))[0])


def pixels_of(video: Float[Tensor, "3 t h w"]) -> Float[Tensor, "t h w 3"]:
    """From [-1, 1] to [0, 1]."""
    return (video.float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 3, 0)


@torch.no_grad()
def samples_of(model: LtxModel, latents: Float[Tensor, "c t bands"]) -> Float[Tensor, "channels samples"]:
    """A film's sound, in [-1, 1] at `model.sample_rate`."""
    codec = model.audio
    mel = codec.decode(latents[None].to(codec.latent_mean.dtype))
    samples: Tensor = model.vocoder(mel)[0]
    return samples


def _with_known(model: LtxModel, wanted: Wanted, video: Stretch, frames: int) -> Stretch:
    """Known frames in their places: those of the beginning, then those that are appended, one after the other."""
    latents, strengths = torch.zeros_like(video.noise), torch.zeros(video.noise.shape[1])
    place = frames
    for known in wanted.known:
        encoded = _encoded(model, known.pixels)
        first = place if known.first_frame else 0
        latents[:, first : first + encoded.shape[1]] = encoded
        strengths[first : first + encoded.shape[1]] = known.strength
        place += encoded.shape[1] if known.first_frame else 0
    return replace(video, known=latents, strengths=strengths)


def _with_changed(model: LtxModel, changed: Changed, video: Stretch) -> Stretch:
    """A clip's latents are the draft; where cells of it stay, they are known as well."""
    latents = _encoded(model, changed.pixels)
    video = replace(video, draft=latents, changes_from=changed.from_level)
    if changed.kept is None:
        return video
    return replace(video, known=latents, strengths=torch.zeros(latents.shape[1]), kept=changed.kept)


@torch.no_grad()
def _with_heard(model: LtxModel, heard: Heard, sound: Stretch) -> Stretch:
    """Latent frames that a given sound fills are known; around it the codec hears silence."""
    count, rate = sound.noise.shape[1], MEL.sample_rate
    per_latent = MEL.hop * COMPRESSION
    whole = torch.zeros(len(heard.samples), count * per_latent)
    first = round(heard.first_second * rate)
    begin, end = max(0, first), min(whole.shape[1], first + heard.samples.shape[1])
    if end - begin < per_latent:
        return sound
    whole[:, begin:end] = heard.samples[:, begin - first : end - first]
    codec = model.audio
    mel = log_mel(whole[None].to(codec.latent_mean.device), replace(MEL, bands=codec.shape.bands))
    latents = codec.encode(mel.to(codec.latent_mean.dtype))[0, :, :count]
    places = torch.arange(count) * per_latent
    is_known = (places >= begin) & (places + per_latent <= end)
    return replace(sound, known=latents.to(sound.noise), strengths=is_known.float())


@torch.no_grad()
def _encoded(model: LtxModel, pixels: Float[Tensor, "t h w 3"]) -> Float[Tensor, "c t8 h32 w32"]:
    codec = model.video
    mean = codec.latent_mean
    video = (2.0 * pixels.to(mean.device) - 1.0).permute(3, 0, 1, 2)
    return codec.encode(video[None].to(mean.dtype))[0].float()


def _appended_times(model: LtxModel, wanted: Wanted) -> list[Float[Tensor, "t 2"]]:
    """When known frames that are appended begin and end; a picture lasts one frame, latents of clips all as long."""
    per_frame = model.video_shape.compression[0]
    times = []
    for known in wanted.known:
        if known.first_frame:
            count = _latent_frames(model, len(known.pixels))
            begin = torch.arange(count, dtype=torch.float32) * per_frame + known.first_frame
            end = begin + (1 if len(known.pixels) == 1 else per_frame)
            times.append(torch.stack([begin, end], dim=1) / wanted.frame_rate)
    return times


def _latent_frames(model: LtxModel, frames: int) -> int:
    return (frames - 1) // model.video_shape.compression[0] + 1


def _check_known(known: Known, wanted: Wanted) -> None:
    count, height, width = known.pixels.shape[:3]
    if (height, width) != (wanted.height, wanted.width):
        raise ShapeError(f"known frames of {width}x{height} in a clip of {wanted.width}x{wanted.height}; enlarge them")
    if not 0 <= known.first_frame <= wanted.frame_count - count:
        raise ShapeError(
            f"{count} known frames from frame {known.first_frame} on, in a clip of {wanted.frame_count} frames"
        )
    if not 0 < known.strength <= 1:
        raise ShapeError(f"known frames of strength {known.strength}; it is above 0.0 and at most 1.0")
