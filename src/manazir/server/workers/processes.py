"""Which process a worker is, so well told that whoever sees the same processes knows for certain when it is gone.

A number alone is used again, a host's name is another container's as well, and a worker that is only slow is not dead.
So a process is named by the host, the boot, and the namespaces in which numbers and times count; by its number; and by
when it began. Linux alone tells all of that: elsewhere nothing is certain, and leases run out.
"""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
BOOT_ID = PROC / "sys/kernel/random/boot_id"
NAMESPACES = ("pid", "time")
DEAD = ("Z", "X")
"""Ended, and not yet buried by whoever started it."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process, and no other that there ever was."""

    space: str
    """The host, its boot, and the namespaces."""
    id: int
    began: int
    """In ticks of the kernel, since the boot."""


def this_space() -> str | None:
    """Where this process' numbers count; None: nobody says."""
    try:
        if (PROC / "self").readlink().name != str(os.getpid()):
            return None  # what is mounted there tells of other processes than those that we could signal
        names = [(PROC / "self/ns" / name).readlink().name for name in NAMESPACES]
        return " ".join([socket.gethostname(), BOOT_ID.read_text().strip(), *names])
    except OSError:
        return None


def this_process() -> Process | None:
    """The one that runs this; None: it cannot be told from all others."""
    space, told = this_space(), _told(os.getpid())
    return None if space is None or told is None else Process(space, os.getpid(), told[1])


def is_gone(process: Process) -> bool:
    """Whether a process of this space has certainly ended. In doubt it has not."""
    try:
        os.kill(process.id, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is somebody else's
        pass
    told = _told(process.id)
    return told is not None and (told[0] in DEAD or told[1] != process.began)


def _told(process_id: int) -> tuple[str, int] | None:
    """The state of a process, and when it began; None: it is hidden, or gone."""
    try:
        line = (PROC / str(process_id) / "stat").read_text()
    except OSError:
        return None
    words = line.rpartition(")")[2].split()  # its name comes before, and may have spaces and brackets
    return words[0], int(words[19])
