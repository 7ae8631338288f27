"""What the process that decodes takes away from itself before it looks at an outside file."""

import ctypes
import os
import resource
import sys

from manazir.media.limits import Limits

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
SIGKILL = 9


def cap(limits: Limits) -> None:
    """Cap memory, processor time, written bytes and open files of this process, for good."""
    _cap(resource.RLIMIT_CPU, limits.cpu_seconds, spare=1)  # so that SIGXCPU comes first and tells why
    _cap(resource.RLIMIT_FSIZE, limits.max_decoded_bytes)
    _cap(resource.RLIMIT_NOFILE, 64)
    _cap(resource.RLIMIT_CORE, 0)
    if sys.platform != "darwin":  # its kernel refuses to lower the address space of a running process
        _cap(resource.RLIMIT_AS, limits.memory_bytes)


def _cap(what: int, amount: int, spare: int = 0) -> None:
    _, hard = resource.getrlimit(what)
    ceiling = amount + spare if hard == resource.RLIM_INFINITY else min(amount + spare, hard)
    resource.setrlimit(what, (min(amount, ceiling), ceiling))


def leave_the_network() -> bool:
    """Move to a network namespace without interfaces, where the kernel lets us; give up new privileges.

    Returns whether it did. Where it does not (many containers), the network stays out of reach by construction: the
    container format is forced and FFmpeg's protocol whitelist has only the descriptor that was handed over. Call it
    before any thread starts: only a process of one thread may leave its user namespace.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    die_with_parent()
    return bool(libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def die_with_parent(sent: int = SIGKILL, parent_id: int | None = None) -> None:
    """Have the kernel send this process a signal when the one that started it is gone; Linux alone can.

    Args:
        parent_id: the process that started this one, where it may be gone already: then the signal is sent at once.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sent, 0, 0, 0)
    if parent_id is not None and os.getppid() != parent_id:
        os.kill(os.getpid(), sent)
