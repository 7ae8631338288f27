"""What the confined process does with a file: probe it, or write its frames, its sound or its picture out."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from manazir.core.errors import MediaError
from manazir.media import sounds
from manazir.media.complete import refuse_cut_off
from manazir.media.containers import opened, sound_of, timing_of, video_of
from manazir.media.frames import Upright, timed, to_pixels, upright
from manazir.media.limits import Limits
from manazir.media.sniff import PICTURE_KINDS, Kind
from manazir.media.timing import Timing, at_constant_rate, steps

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One file and where its numbers go."""

    descriptor: int
    kind: Kind
    limits: Limits
    numbers: BinaryIO

    def run(self, name: str, options: dict[str, Any]) -> Answer:
        """Do what the request names, if the file is whole."""
        refuse_cut_off(self.descriptor, self.kind)
        tasks: dict[str, Callable[..., Answer]] = {
            "probe": self.probe,
            "clip": self.clip,
            "sound": self.sound,
            "picture": self.picture,
        }
        return tasks[name](**options)

    def probe(self) -> Answer:
        """Facts, no numbers."""
        if self.kind in PICTURE_KINDS:
            height, width, _ = self._pixels().shape
            return {"facts": {"picture": {"width": width, "height": height}}, "arrays": []}
        facts: Answer = {}
        if self._has_video():
            facts["video"] = self._video_facts(*self._measure(None))
        with opened(self.descriptor, self.kind) as container:
            stream = sound_of(container)
            if stream is not None:
                facts["sound"] = self._sound_facts(container, stream)
        return {"facts": facts, "arrays": []}

    def clip(
        self,
        frame_rate: float | None,
        sample_rate: int | None,
        short_side: int | None,
        start_seconds: float,
        seconds: float | None,
    ) -> Answer:
        """The frames, then the sound that goes with them."""
        timing, how, codec = self._measure(short_side)
        rate = timing.rate if frame_rate is None else Fraction(frame_rate).limit_denominator(1001)
        start = Fraction(start_seconds)
        count = steps(timing, rate, start, None if seconds is None else Fraction(seconds))
        self._refuse_too_much(count, how)
        self._write_frames(timing, how, rate, start, count)
        facts: Answer = {"frame_rate": float(rate), "video": self._video_facts(timing, how, codec)}
        arrays = [{"shape": [count, *how.size, 3], "dtype": "uint8"}]
        sound = self._write_sound(sample_rate, start, count / rate)
        if sound is not None:
            facts["sample_rate"], shape = sound
            arrays.append({"shape": shape, "dtype": "float32"})
        return {"facts": facts, "arrays": arrays}

    def sound(self, sample_rate: int | None) -> Answer:
        """The whole sound."""
        with opened(self.descriptor, self.kind) as container:
            stream = sound_of(container)
            if stream is None:
                raise MediaError("it has no sound; give a file with sound")
            rate = sample_rate or stream.codec_context.sample_rate
            pieces = _up_to(sounds.pieces(container, stream, rate), self._stated_samples(stream, rate))
            written = self._write(_at_most(pieces, round(self.limits.max_sound_seconds * rate)))
            if not written:
                raise MediaError("its sound is empty: it was cut off; export or download it again")
            shape = [written // 4 // sounds.channels_of(stream), sounds.channels_of(stream)]
            return {"facts": {"sample_rate": rate}, "arrays": [{"shape": shape, "dtype": "float32"}]}

    def picture(self) -> Answer:
        """The picture."""
        pixels = self._pixels()
        self._write([pixels])
        return {"facts": {}, "arrays": [{"shape": list(pixels.shape), "dtype": "uint8"}]}

    def _pixels(self) -> NDArray[np.uint8]:
        from manazir.media import pictures  # imported by `decode_child` where it is needed

        return pictures.read(self.descriptor, self.kind, self.limits)

    def _has_video(self) -> bool:
        with opened(self.descriptor, self.kind) as container:
            return video_of(container, self.limits) is not None

    def _measure(self, short_side: int | None) -> tuple[Timing, Upright, str]:
        with opened(self.descriptor, self.kind) as container:
            stream = video_of(container, self.limits)
            if stream is None:
                raise MediaError("it has no video; give a file with frames")
            timing = timing_of(container, stream)
        with opened(self.descriptor, self.kind) as container:
            stream = video_of(container, self.limits)
            assert stream is not None  # the same file a moment ago
            first = next(iter(timed(container, stream)), None)
            if first is None:
                raise MediaError("it has no frame that can be decoded; export or download it again")
            return timing, upright(first[1], stream, short_side), stream.codec_context.codec.canonical_name

    def _refuse_too_much(self, count: int, how: Upright) -> None:
        if count > self.limits.max_frames:
            limit = self.limits.max_frames
            raise MediaError(
                f"{count} frames would be read and {limit} is the limit; ask for fewer seconds or a lower rate"
            )
        height, width = how.size
        size_bytes = count * height * width * 3
        if size_bytes > self.limits.max_decoded_bytes:
            limit = self.limits.max_decoded_bytes >> 20
            raise MediaError(
                f"{count} frames of {width}x{height} take {size_bytes >> 20} MiB and {limit} is the limit; "
                "ask for fewer seconds, a lower rate or a smaller short side"
            )

    def _write_frames(self, timing: Timing, how: Upright, rate: Fraction, start: Fraction, count: int) -> None:
        with opened(self.descriptor, self.kind) as container:
            stream = video_of(container, self.limits)
            assert stream is not None
            last, pixels = None, np.zeros(0, np.uint8)
            for frame in at_constant_rate(timed(container, stream), rate, start, count, timing.tick):
                if frame is not last:
                    last, pixels = frame, to_pixels(frame, how, self.limits)
                self.numbers.write(pixels.data)

    def _write_sound(self, sample_rate: int | None, start: Fraction, seconds: Fraction) -> tuple[int, list[int]] | None:
        with opened(self.descriptor, self.kind) as container:
            stream = sound_of(container)
            if stream is None:
                return None
            rate = sample_rate or stream.codec_context.sample_rate
            count, channels = round(seconds * rate), sounds.channels_of(stream)
            lead = _start(stream) - _start(video_of(container, self.limits)) - start
            sound = sounds.pieces(container, stream, rate)
            self._write(sounds.in_step(sound, lead, count, channels, rate))
            return rate, [count, channels]

    def _video_facts(self, timing: Timing, how: Upright, codec: str) -> Answer:
        height, width = how.size
        return {
            "codec": codec,
            "width": width,
            "height": height,
            "rotation_degrees": how.rotation_degrees,
            "frames": timing.frames,
            "frame_rate": float(timing.rate),
            "is_variable_rate": timing.is_variable,
            "duration_seconds": float(timing.duration),
        }

    def _sound_facts(self, container: InputContainer, stream: AudioStream) -> Answer:
        rate = stream.codec_context.sample_rate
        samples = sum(frame.samples for frame in container.decode(stream))
        samples = min(samples, self._stated_samples(stream, rate))
        return {
            "codec": stream.codec_context.codec.canonical_name,
            "sample_rate": rate,
            "channels": stream.codec_context.channels,
            "duration_seconds": samples / rate,
        }

    def _stated_samples(self, stream: AudioStream, rate: int) -> int:
        """Of an MP4, whose last block of AAC goes on past the end; other containers only guess."""
        if self.kind is not Kind.MP4 or stream.duration is None or stream.time_base is None:
            return sys.maxsize
        return round(stream.duration * stream.time_base * rate)

    def _write(self, arrays: Iterable[Any]) -> int:
        return sum(self.numbers.write(np.ascontiguousarray(array).data) for array in arrays)


def _up_to(pieces: Iterable[sounds.Samples], count: int) -> Iterable[sounds.Samples]:
    for piece in pieces:
        yield piece[:count]
        count -= len(piece)
        if count <= 0:
            return


def _at_most(pieces: Iterable[sounds.Samples], longest: int) -> Iterable[sounds.Samples]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > longest:
            raise MediaError("its sound is longer than the limit; cut it shorter")
        yield piece


def _start(stream: Any) -> Fraction:
    return Fraction((stream.start_time or 0) * (stream.time_base or 0))
