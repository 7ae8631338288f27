"""Ending when a signal says so."""

import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue


def on_signals(act: Callable[[], object], *signals: signal.Signals) -> None:
    """Call `act` once, at the first of these signals, in a thread of its own; later ones do nothing.

    A handler runs amid whatever the main thread does: if it took a lock that is held there (as `Event.set` does, which
    a second signal may interrupt in its turn), it would wait for ever. A `SimpleQueue` takes things amid anything.
    """
    arrived: SimpleQueue[None] = SimpleQueue()

    def wait() -> None:
        arrived.get()
        act()

    threading.Thread(target=wait, name="signals", daemon=True).start()
    for name in signals:
        signal.signal(name, lambda *_: arrived.put(None))
