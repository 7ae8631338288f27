"""Parts of a model, each loaded when it is first asked for: all stay, or one at a time is there.

Making a film goes in stages that need one part each, so a device that cannot hold all parts holds them in turn.
"""

from collections.abc import Callable, Mapping
from typing import Any

from manazir.inference.device import give_back


class Parts:
    """Parts by name.

    Args:
        load: what makes each, on its device.
        all_stay: whether a part stays when another is asked for.
    """

    def __init__(self, load: Mapping[str, Callable[[], Any]], *, all_stay: bool) -> None:
        self._load, self._all_stay = load, all_stay
        self._here: dict[str, Any] = {}

    @property
    def here(self) -> tuple[str, ...]:
        """Names of those that are loaded."""
        return tuple(self._here)

    def get(self, name: str) -> Any:
        """A part; if parts take turns, the others go first.

        Raises:
            CheckpointError: it is missing or damaged.
        """
        if name not in self._here:
            if not self._all_stay and self._here:
                self._here.clear()
                give_back()
            self._here[name] = self._load[name]()
        return self._here[name]
