"""What `s3://BUCKET/PREFIX?endpoint=…` names: a bucket, and who has it. It holds no secret, and is refused with one."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from manazir.core.errors import UnsupportedError
from manazir.core.home import s3_endpoint, s3_region

BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/ -]{0,400}")
"""The letters that all stores have in keys."""
ENDPOINT = re.compile(r"https?://[^\s/?#@]+/?")
REGION = re.compile(r"[a-z0-9-]{1,40}")
STYLES = ("path", "virtual")
EXAMPLE = "give s3://BUCKET/PREFIX, and ?endpoint=https://HOST:PORT unless Amazon has it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A bucket."""

    bucket: str
    prefix: str = ""
    """Before all keys; empty, or with a slash at its end."""
    endpoint: str | None = None
    """None: Amazon's."""
    region: str | None = None
    """None: as the user's AWS files say."""
    style: str | None = None
    """Where requests have the bucket's name: in the `path`, or as a `virtual` host. None: as is usual there."""

    @property
    def told(self) -> str:
        """For messages to operators."""
        return f"the bucket {self.bucket!r} at {self.endpoint or 'Amazon S3'} (MANAZIR_STORAGE_URL)"


def place_of(url: str) -> Place:
    """Read an s3: URL; what it does not say, the usual AWS_… variables may.

    Raises:
        UnsupportedError: it is none, or says what is not known here. The URL is not repeated: it may hold a secret.

    >>> place_of("s3://films/made?endpoint=http://127.0.0.1:9000&region=eu-1")
    Place(bucket='films', prefix='made/', endpoint='http://127.0.0.1:9000', region='eu-1', style=None)
    """
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise _wrong("holds a key; give that as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and leave it out")
    if not BUCKET.fullmatch(parts.netloc):
        raise _wrong(f"has no bucket's name after s3://; {EXAMPLE}")
    prefix = unquote(parts.path).strip("/")
    if not PREFIX.fullmatch(prefix) or ({"", ".", ".."} & set(prefix.split("/")) and prefix) or parts.fragment:
        raise _wrong(f"has a prefix that cannot be; use letters, digits and dashes, and {EXAMPLE}")
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := set(said) - {"endpoint", "region", "style"}:
        names = ", ".join(sorted(name[:20] for name in unknown))
        raise _wrong(f"says {names} after the question mark; endpoint, region and style are known")
    return Place(
        bucket=parts.netloc,
        prefix=prefix and f"{prefix}/",
        endpoint=_checked("endpoint", said.get("endpoint") or s3_endpoint(), ENDPOINT, "http(s)://HOST:PORT"),
        region=_checked("region", said.get("region") or s3_region(), REGION, "one such as eu-central-1"),
        style=_checked("style", said.get("style"), re.compile("|".join(STYLES)), " or ".join(STYLES)),
    )


def _checked(name: str, value: str | None, pattern: re.Pattern[str], wanted: str) -> str | None:
    if value is None or pattern.fullmatch(value):
        return value and value.rstrip("/")
    raise _wrong(f"(or AWS_… in its place) has {name} wrong; give {wanted}, without a key in it")


def _wrong(why: str) -> UnsupportedError:
    return UnsupportedError(f"MANAZIR_STORAGE_URL {why}")
