"""Facts of the machine, from the environment: the one file that reads them."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from manazir.core.errors import UnsupportedError


def home() -> Path:
    """Where all state lies: MANAZIR_HOME, or `manazir` in the user's data folder."""
    if path := os.environ.get("MANAZIR_HOME"):
        return Path(path)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "manazir"


def device_name() -> str | None:
    """The device that the operator chose, by MANAZIR_DEVICE (`cpu`, `cuda`, `cuda:1`); None: the best there is.

    Raises:
        UnsupportedError: it is not the name of a device; whether it is there is not looked at.
    """
    name = os.environ.get("MANAZIR_DEVICE") or None
    if name is not None and not re.fullmatch(r"cpu|cuda(:\d{1,3})?", name):
        raise UnsupportedError(f"MANAZIR_DEVICE is {name!r}; it must be cpu, cuda, or cuda:N")
    return name


def storage_url() -> str | None:
    """Where made and uploaded files are kept, by MANAZIR_STORAGE_URL; None: in the home.

    A folder's path, file:///…, or s3://BUCKET/PREFIX.
    """
    return os.environ.get("MANAZIR_STORAGE_URL") or None


def s3_endpoint() -> str | None:
    """Who has the buckets, by AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, as other programs have it; None: Amazon."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or None


def s3_region() -> str | None:
    """Where the buckets are, by AWS_REGION or AWS_DEFAULT_REGION; None: as the user's AWS files say."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None


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
    """How clients reach the service from outside, by MANAZIR_PUBLIC_URL; None: as the request says.

    Raises:
        UnsupportedError: it is not an address that links can begin with.
    """
    url = os.environ.get("MANAZIR_PUBLIC_URL", "").rstrip("/")
    if not url:
        return None
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url) or not urlsplit(url).hostname:
        raise UnsupportedError(
            "MANAZIR_PUBLIC_URL is no address to begin links with; give http(s)://HOST, such as https://films.example.com"
        )
    return url
