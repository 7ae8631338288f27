"""A take: one immutable result, and all that it takes to make it again."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """What was made, from what, by what, at which cost. Hashes are SHA-256 in hexadecimal."""

    canvas: dict[str, Any]
    """The canvas as plain data; files by path and hash."""
    model: str
    weights_hash: str
    seed: int
    settings: dict[str, Any]
    """Steps, guidance and the rest, as they were used."""
    width: int
    height: int
    native_width: int
    """What the model made, before any enlargement."""
    native_height: int
    frames: int
    frame_rate: float
    has_sound: bool
    output: str | None = None
    """Path of the file, if one was written."""
    output_hash: str | None = None
    network_calls: int = 0
    seconds: float = 0.0
    """Wall time of the generation."""
    parent: str | None = None
    """Hash of the clip that this one goes on from."""
    version: str = ""
    """Of Manazir."""
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the take as what `json.dumps` takes."""
        return asdict(self)
