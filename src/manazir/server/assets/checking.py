"""What a file is that somebody brings."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from manazir.media.probe import probe


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaFacts:
    """Kind, size and length of a file."""

    mime_type: str
    kind: str
    width: int | None
    height: int | None
    duration_seconds: float
    frame_rate: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as what `json.dumps` takes."""
        return asdict(self)


def check_media(path: Path) -> MediaFacts:
    """Look at a file in the limited child process."""
    found = probe(path)
    kind = "video" if found.video else "audio" if found.sound else "image"
    return MediaFacts(
        mime_type={"video": "video/mp4", "audio": "audio/wav", "image": "image/png"}[kind],
        kind=kind,
        width=found.width,
        height=found.height,
        duration_seconds=found.duration_seconds,
        frame_rate=found.video.frame_rate if found.video else None,
    )
