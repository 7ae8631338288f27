"""Outside containers, opened in the confined process: forced format, known codecs, real lengths.

Only `decode_child` imports this, and only after it gave up its rights.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from manazir.core.errors import MediaError
from manazir.media.limits import Limits
from manazir.media.sniff import Kind
from manazir.media.timing import Timing, measure

DEMUXERS = {
    Kind.MP4: "mov,mp4,m4a,3gp,3g2,mj2",
    Kind.MATROSKA: "matroska,webm",
    Kind.GIF: "gif",
    Kind.WAV: "wav",
    Kind.MP3: "mp3",
    Kind.FLAC: "flac",
    Kind.OGG: "ogg",
}

VIDEO_CODECS = (
    "h264",
    "hevc",
    "av1",
    "libdav1d",
    "vp8",
    "vp9",
    "libvpx",
    "libvpx-vp9",
    "mpeg4",
    "mjpeg",
    "prores",
    "gif",
)
SOUND_CODECS = ("aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "flac", "alac", "ac3", "eac3")
"""FFmpeg has hundreds of decoders; few are used and watched enough to be handed a stranger's bytes. PCM too."""

MAX_PACKETS = 2_000_000


@contextmanager
def opened(descriptor: int, kind: Kind) -> Iterator[InputContainer]:
    """The container behind a descriptor, from its beginning; FFmpeg may open nothing else."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    options = {"fd": str(descriptor), "protocol_whitelist": "fd"}
    with av.open("fd:", format=DEMUXERS[kind], options=options) as container:
        yield container


def video_of(container: InputContainer, limits: Limits) -> VideoStream | None:
    """The first video stream that is no cover picture, ready to decode; None without one."""
    for stream in container.streams.video:
        if stream.disposition & stream.disposition.attached_pic:
            continue
        _known(stream.codec_context.name, VIDEO_CODECS)
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > limits.max_pixels:
            limit = limits.max_pixels
            raise MediaError(f"its frames are {width}x{height}, and {limit} pixels is the limit; make them smaller")
        stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
        stream.thread_type = "AUTO"
        stream.thread_count = min(4, os.cpu_count() or 1)
        return stream
    return None


def sound_of(container: InputContainer) -> AudioStream | None:
    """The first sound stream; None without one."""
    if not container.streams.audio:
        return None
    stream = container.streams.audio[0]
    _known(stream.codec_context.name, SOUND_CODECS)
    return stream


def _known(codec: str, codecs: tuple[str, ...]) -> None:
    if codec not in codecs and not codec.startswith("pcm_"):
        raise MediaError(f"its codec is {codec}; convert it to H.264 video with AAC sound in an mp4")


def timing_of(container: InputContainer, stream: VideoStream) -> Timing:
    """The real timing of a video stream: every packet's time stamp is read, nothing is decoded.

    Raises:
        MediaError: there are no frames or no time stamps.
    """
    ticks: list[int] = []
    last = (-1 << 62, 0)
    for packet in container.demux(stream):
        if packet.size == 0 or packet.is_discard:
            continue
        if packet.pts is None:
            raise MediaError("its frames have no time stamps; convert it to an mp4")
        ticks.append(packet.pts)
        last = max(last, (packet.pts, packet.duration or 0))
        if len(ticks) > MAX_PACKETS:
            raise MediaError(f"it has more than {MAX_PACKETS} frames; cut it shorter")
    tick = stream.time_base
    if not ticks or tick is None:
        raise MediaError("it has no frames: it is empty or was cut off; export or download it again")
    return measure(ticks, last[1], tick, (stream.average_rate, stream.guessed_rate))
