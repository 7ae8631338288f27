"""Work that calls back is a generator that stands still while nobody asks."""

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from manazir.inference.generic.told import told


def test_events_come_one_by_one_and_the_result_last() -> None:
    reached = []

    def work(tell: Callable[[int], None]) -> str:
        for step in range(3):
            reached.append(step)
            tell(step)
        return "made"

    events = told(work)
    assert next(events) == 0
    assert reached == [0]  # the work waits
    assert [next(events), next(events)] == [1, 2]
    with pytest.raises(StopIteration) as stop:
        next(events)
    assert stop.value.value == "made"


def test_an_error_of_the_work_is_raised_where_it_is_asked_for() -> None:
    def work(tell: Callable[[int], None]) -> None:
        tell(1)
        raise ValueError("no")

    events = told(work)
    assert next(events) == 1
    with pytest.raises(ValueError, match="no"):
        next(events)


def test_work_that_nobody_waits_for_ends() -> None:
    threads, after = [], []

    def work(tell: Callable[[int], None]) -> None:
        threads.append(threading.current_thread())
        tell(1)
        after.append(1)

    events = told(work)
    next(events)
    events.close()
    assert not threads[0].is_alive()
    assert after == []


def test_work_that_says_nothing_is_interrupted_too() -> None:
    threads = []

    def work(tell: Callable[[int], None]) -> None:
        threads.append(threading.current_thread())
        while True:
            time.sleep(0.01)

    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        next(told(work))
    assert not threads[0].is_alive()
