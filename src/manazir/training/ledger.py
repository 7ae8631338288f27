"""What a run over several calls has spent and done so far, as a small JSON file beside its checkpoints."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from manazir.core.errors import CheckpointError


@dataclass(slots=True)
class Ledger:
    """Seconds and steps, by stage and in all."""

    path: Path
    seconds: float = 0.0
    """Of the calls before this one."""
    calls: int = 0
    drawn: int = 0
    """Batches of scenes that were drawn: the next call draws others."""
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """`seconds`, `steps` and `is_done` of each stage that has begun."""

    @classmethod
    def open(cls, folder: Path) -> "Ledger":
        """The ledger of a folder; a new one if it has none.

        Raises:
            CheckpointError: the file is damaged.
        """
        path = folder / "ledger.json"
        if not path.exists():
            return cls(path)
        try:
            return cls(path, **json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise CheckpointError(f"{path} is damaged ({error}); choose another folder") from error

    def stage(self, name: str) -> dict[str, Any]:
        """The entry of a stage."""
        return self.stages.setdefault(name, {"seconds": 0.0, "steps": 0, "is_done": False})

    def write(self, spent_seconds: float) -> None:
        """Keep it, with what this call has spent."""
        entry = {key: value for key, value in asdict(self).items() if key != "path"}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(json.dumps(entry | {"seconds": self.seconds + spent_seconds}, indent=1) + "\n")
        temporary.replace(self.path)
