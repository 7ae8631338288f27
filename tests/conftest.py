"""What tests of several rooms share: a model of a few thousand weights, in a home of its own."""

import gc
import signal
from pathlib import Path

import pytest

YOUNG_OBJECTS = 20_000
"""How many more than were freed make Python look for cycles; its 700 are for programs smaller than these tests."""


def pytest_sessionstart() -> None:
    """Collecting imports everything: a fifth of its time would be the search for cycles among what stays anyway."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What collecting imported stays: millions of objects that the search for cycles need not walk again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Jobs in a shell's background ignore Ctrl-C, and so would all that they start; tests send it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a `noor-nano` of random weights that makes a second of 32 pixels at 8 frames a second."""
    from tests.tiny_noor import save_tiny_noor

    home = tmp_path_factory.mktemp("home")
    save_tiny_noor(home)
    return home


@pytest.fixture
def home(tiny_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny home, as MANAZIR_HOME; on the CPU."""
    monkeypatch.setenv("MANAZIR_HOME", str(tiny_home))
    monkeypatch.setenv("MANAZIR_DEVICE", "cpu")
    return tiny_home


@pytest.fixture(scope="session")
def tiny_wan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diffusers folder of a tiny Wan with sharded weights; not to be changed."""
    from tests.open_weights import save_tiny_wan

    return save_tiny_wan(tmp_path_factory.mktemp("hub") / "Tiny-Wan", "20KB")
