"""Signals that end a worker, and what the main thread is amid."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from manazir.server.workers.signals import on_signals


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_comes_while_its_lock_is_held_is_heard_afterwards() -> None:
    lock, heard, times = threading.Lock(), threading.Event(), []

    def act() -> None:
        with lock:
            times.append(threading.current_thread())
        heard.set()

    on_signals(act, signal.SIGUSR1)
    with lock:
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert not times
    assert heard.wait(30)
    assert times != [threading.main_thread()]
    assert len(times) == 1
