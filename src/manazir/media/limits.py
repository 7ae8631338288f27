"""How much an outside file may cost before it is refused."""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What decoding one file may take. Everything is checked before memory is reserved for it."""

    max_file_bytes: int = 4 * GIB
    max_pixels: int = 36_000_000
    """Of one picture or frame as it is stored: an 8K frame has 33 million."""
    max_frames: int = 7200
    """Of a clip after its frame rate was changed."""
    max_decoded_bytes: int = 2 * GIB
    """Of all that one call returns."""
    max_sound_seconds: float = 3600.0
    memory_bytes: int = 2 * GIB
    """Address space of the process that decodes."""
    cpu_seconds: int = 120
    wall_seconds: float = 120.0


DEFAULT_LIMITS = Limits()
