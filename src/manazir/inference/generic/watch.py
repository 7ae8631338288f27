"""How far a pipeline of diffusers is: told by its callback where it has one, else by the bar that it would draw."""

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from manazir.inference.engine import Step


class Watch:
    """Counts the steps of one call.

    Args:
        tell: is given each step.
    """

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self.done = 0
        self._tell = tell

    def after_step(self, pipeline: Any, _index: int, _level: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """As `callback_on_step_end`: nothing of the tensors is changed."""
        self._count(int(getattr(pipeline, "num_timesteps", 0)))
        return tensors

    def bar(self, iterable: Iterable[Any] | None = None, total: int | None = None) -> Any:
        """In place of a pipeline's `progress_bar`."""
        return _Bar(self._count, int(total or 0)) if iterable is None else self._each(list(iterable))

    def _each(self, items: list[Any]) -> Iterator[Any]:
        for item in items:
            yield item
            self._count(len(items))

    def _count(self, total: int) -> None:
        self.done += 1
        self._tell(Step(self.done, max(total, self.done)))


class _Bar:
    """What a pipeline asks of its bar."""

    def __init__(self, count: Callable[[int], None], total: int) -> None:
        self._count, self._total = count, total

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def update(self, steps: int = 1) -> None:
        for _ in range(steps):
            self._count(self._total)
