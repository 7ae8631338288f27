"""Work that can only tell how far it is by calling back, as a generator: it stands still while nobody asks."""

import ctypes
from collections.abc import Callable, Generator
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Event = TypeVar("Event")
Result = TypeVar("Result")


class _Unwanted(BaseException):
    """Nobody waits for the result any more."""


class _Ended(Generic[Result]):
    """The work is over: its result, or why there is none."""

    def __init__(self, result: Result | None, error: BaseException | None) -> None:
        self.result, self.error = result, error


def told(work: Callable[[Callable[[Event], None]], Result]) -> Generator[Event, None, Result]:
    """Do work in a thread of its own, which goes on only while the generator does; return its result.

    So what holds for this thread between two steps, such as how exact torch is to be, holds for the work. If the
    generator is closed or interrupted, the work ends as soon as it executes Python again.

    Args:
        work: is given what it calls with each event.
    """
    said: SimpleQueue[Event | _Ended[Result]] = SimpleQueue()
    goes_on: SimpleQueue[bool] = SimpleQueue()

    def tell(event: Event) -> None:
        said.put(event)
        if not goes_on.get():
            raise _Unwanted

    def run() -> None:
        try:
            ended = _Ended(work(tell), None)
        except BaseException as error:
            ended = _Ended(None, error)
        said.put(ended)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        while not isinstance(event := said.get(), _Ended):
            yield event
            goes_on.put(True)
    except BaseException:
        goes_on.put(False)
        _stop(thread)
        raise
    if event.error is not None:
        raise event.error
    return event.result  # type: ignore[return-value]


def _stop(thread: Thread) -> None:
    """Raise within a thread, and wait for it: what it computes would otherwise go on, and end with the process."""
    if thread.is_alive() and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Unwanted))
    thread.join()
