"""Facts of the machine, from the environment: the one file that reads them."""

import os
from pathlib import Path


def home() -> Path:
    """Where all state lies: MANAZIR_HOME, or `manazir` in the user's data folder."""
    if path := os.environ.get("MANAZIR_HOME"):
        return Path(path)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "manazir"


def device_name() -> str | None:
    """The device that the operator chose, by MANAZIR_DEVICE (`cpu`, `cuda`, `cuda:1`); None: the best there is."""
    return os.environ.get("MANAZIR_DEVICE") or None


def storage_url() -> str | None:
    """Where made and uploaded files are kept, by MANAZIR_STORAGE_URL (a folder's path or file:///…); None: the home."""
    return os.environ.get("MANAZIR_STORAGE_URL") or None


def is_debugging() -> bool:
    """Whether unexpected errors are shown with their whole trace, by MANAZIR_DEBUG (anything but empty or 0)."""
    return os.environ.get("MANAZIR_DEBUG", "0") not in ("", "0")


def log_format() -> str:
    """How the service logs, by MANAZIR_LOG: `text` for people, `json` for programs."""
    return os.environ.get("MANAZIR_LOG") or "text"


def hub_endpoint() -> str | None:
    """The hub, or a mirror of it, that open weights are fetched from, by HF_ENDPOINT; None: Hugging Face's."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def database_url() -> str | None:
    """Where the service's record is, by MANAZIR_DATABASE_URL; None: SQLite in the home."""
    return os.environ.get("MANAZIR_DATABASE_URL") or None


def public_url() -> str | None:
    """How clients reach the service from outside, by MANAZIR_PUBLIC_URL; None: as the request says."""
    return os.environ.get("MANAZIR_PUBLIC_URL", "").rstrip("/") or None
