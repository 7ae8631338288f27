"""Requests to a bucket of any store that speaks S3: signed, tried again where that helps, told in words where it fails.

What was changed on the way is not taken: each body goes with its MD5, which all stores compare, and is signed with its
SHA-256, which most do. Keys and secrets are read by botocore, where all programs of this kind look for them; they are
never in a message.
"""

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as UnconnectedError
from botocore.session import Session

from manazir.core.errors import StorageError, UnsupportedError
from manazir.server.assets.blobs import CHUNK_BYTES
from manazir.server.assets.place import Place

PART_BYTES = 16 << 20
"""Of a file that is sent in parts; also the largest that is sent whole. Each lies in memory while it is sent."""
MOST_PARTS = 10_000
PUT_TRIES = 3
AWAY_SECONDS = 60.0
"""For so long after a request found the store away, new work is not accepted; the next that succeeds ends it."""
GONE = ("404", "NoSuchKey", "NoSuchUpload")
FULL = ("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded")
BUSY = ("SlowDown", "RequestTimeout", "Throttling", "ThrottlingException", "TooManyRequests", "OperationAborted")
SPOILT = ("BadDigest", "InvalidDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")
HINTS = {
    "AccessDenied": "let its key read, write, delete and list there",
    "403": "let its key read, write, delete and list there",
    "NoSuchBucket": "make it, or name another",
    "InvalidAccessKeyId": "AWS_ACCESS_KEY_ID is not known there",
    "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY is another one's",
    "ExpiredToken": "its key is no longer valid",
    "RequestTimeTooSkewed": "set this machine's clock",
    "PermanentRedirect": "it is elsewhere; say where by ?region=… or ?endpoint=…",
    "AuthorizationHeaderMalformed": "it is in another region; say which by ?region=…",
}


class SpoiltError(StorageError):
    """What was sent did not come through as it was, or somebody gave the upload up: sending it anew helps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How long a request may take, and how often it is tried."""

    tries: int = 5
    """With pauses that grow up to 20 s."""
    connect_seconds: float = 5.0
    silence_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An object, or an upload in parts."""

    key: str
    size_bytes: int
    changed_at: float
    """Seconds since 1970, by the store's clock."""
    age_seconds: float
    """By the store's clock, so that it does not matter which time others have."""


@dataclass
class Bucket:
    """The objects under a place's prefix; keys are told without it."""

    place: Place
    patience: Patience = field(default_factory=Patience)
    _away_at: float | None = None

    def __post_init__(self) -> None:
        """Find keys and secrets; nothing is asked yet."""
        place, patience = self.place, self.patience
        config = Config(
            connect_timeout=patience.connect_seconds,
            read_timeout=patience.silence_seconds,
            retries={"mode": "standard", "total_max_attempts": patience.tries},
            max_pool_connections=64,
            request_checksum_calculation="when_required",  # newer ones, which not all stores know
            response_checksum_validation="when_required",
            s3={
                "addressing_style": place.style or ("path" if place.endpoint else "auto"),
                "payload_signing_enabled": True,
            },
        )
        session = Session()
        region = place.region or session.get_config_variable("region") or "us-east-1"
        try:
            self._client: Any = session.create_client("s3", region, endpoint_url=place.endpoint, config=config)
        except (BotoCoreError, ValueError) as error:
            raise UnsupportedError(f"{place.told} cannot be used: {type(error).__name__}; see ~/.aws") from error

    def put(self, key: str, data: bytes) -> None:
        """Keep an object, whole or not at all."""
        with self._told("take a file"):
            self._client.put_object(**self._at(key), Body=data, ContentMD5=_md5(data))

    def put_file(self, key: str, file: IO[bytes], size_bytes: int) -> None:
        """Keep a file, whole or not at all."""
        for left in reversed(range(PUT_TRIES)):
            file.seek(0)
            try:
                if size_bytes <= PART_BYTES:
                    self.put(key, file.read(PART_BYTES))
                else:
                    self._put_in_parts(key, file, size_bytes)
            except SpoiltError:
                if not left:
                    raise
            else:
                return

    def _put_in_parts(self, key: str, file: IO[bytes], size_bytes: int) -> None:
        at, part_bytes = self._at(key), max(PART_BYTES, -(-size_bytes // MOST_PARTS))
        with self._told("begin a file"):
            upload = self._client.create_multipart_upload(**at)["UploadId"]
        try:
            etags: list[str] = []
            while data := file.read(part_bytes):
                which = {"UploadId": upload, "PartNumber": len(etags) + 1, "ContentMD5": _md5(data)}
                with self._told("take a part of a file"):
                    etags.append(self._client.upload_part(**at, **which, Body=data)["ETag"])
            parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
            with self._told("complete a file"):
                self._client.complete_multipart_upload(**at, UploadId=upload, MultipartUpload={"Parts": parts})
        except BaseException as error:
            if self._is_complete_after_all(key, size_bytes, error):
                return
            with suppress(StorageError):  # the janitor does it later
                self.abort(key, upload)
            if isinstance(error, StorageError) and error.reason == "missing":
                raise SpoiltError(f"{self.place.told} has lost an upload; send it again", "unavailable") from error
            raise

    def _is_complete_after_all(self, key: str, size_bytes: int, error: BaseException) -> bool:
        """Whether the answer to a completion was lost, and the next try heard that there is no such upload."""
        if not isinstance(error, StorageError) or error.reason != "missing":
            return False
        found = self.find(key)
        return found is not None and found.size_bytes == size_bytes and found.age_seconds < AWAY_SECONDS

    def find(self, key: str) -> Entry | None:
        """An object, without its bytes; None: there is none."""
        try:
            with self._told("say what it has"):
                found = self._client.head_object(**self._at(key))
        except StorageError as error:
            if error.reason == "missing":
                return None
            raise
        return _entry(found, key, found["ContentLength"], found["LastModified"])

    def get(self, key: str) -> bytes | None:
        """A small object; None: there is none."""
        for left in reversed(range(self.patience.tries)):
            try:
                with self._told("give a file"), closing(self._client.get_object(**self._at(key))["Body"]) as body:
                    return bytes(body.read())
            except StorageError as error:
                if error.reason == "missing":
                    return None
                if not left or not isinstance(error.__cause__, BotoCoreError):  # others were tried again already
                    raise
        return None

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes `start` up to `end`, which is not among them; after a cut it goes on where that was."""
        position, cuts = start, 0
        while position < end:
            began = position
            try:
                for chunk in self._pieces(key, position, end):
                    position += len(chunk)
                    yield chunk
                why = "it ended early"
            except BotoCoreError as error:
                why = type(error).__name__
            if position < end:
                cuts = 1 if position > began else cuts + 1
                if cuts == self.patience.tries:
                    raise self._away(f"give a file ({why})")
                time.sleep(min(5.0, 0.1 * 2**cuts))

    def _pieces(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with self._told("give a file"):
            found = self._client.get_object(**self._at(key), Range=f"bytes={start}-{end - 1}")
        with closing(found["Body"]) as body:
            if not found.get("ContentRange", "").startswith(f"bytes {start}-{end - 1}/"):
                raise StorageError(f"{self.place.told} gives another part of a file than was asked for", "damaged")
            yield from body.iter_chunks(CHUNK_BYTES)

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        with self._told("delete a file"):
            self._client.delete_object(**self._at(key))

    def touch(self, key: str) -> None:
        """Make an object young, as if it had been put again; of more than 5 GB, which no store copies, raises."""
        at = self._at(key)
        with self._told("renew a file"):
            self._client.copy_object(**at, CopySource=at, MetadataDirective="REPLACE")

    def iter_all(self, prefix: str) -> Iterator[Entry]:
        """All objects whose keys begin so; those that come or go meanwhile may be among them or not."""
        for page in self._pages("list_objects_v2", prefix):
            for one in page.get("Contents", ()):
                yield _entry(page, self._plain(one["Key"]), one["Size"], one["LastModified"])

    def iter_uploads(self, prefix: str) -> Iterator[tuple[Entry, str]]:
        """Uploads in parts that nobody has completed, with their ids: how much has come, and when the last of it."""
        for page in self._pages("list_multipart_uploads", prefix):
            for one in page.get("Uploads", ()):
                if (found := self._upload(page, one)) is not None:
                    yield found, one["UploadId"]

    def _upload(self, page: dict[str, Any], told: dict[str, Any]) -> Entry | None:
        """What has come of an upload; None: it was completed or given up meanwhile."""
        at = {"Bucket": self.place.bucket, "Key": told["Key"], "UploadId": told["UploadId"]}
        try:
            with self._told("list an upload"):
                pages = self._client.get_paginator("list_parts").paginate(**at)
                parts = [part for one in pages for part in one.get("Parts", ())]
        except StorageError as error:
            if error.reason == "missing":
                return None
            raise
        changed = max([told["Initiated"], *(part["LastModified"] for part in parts)])
        return _entry(page, self._plain(told["Key"]), sum(part["Size"] for part in parts), changed)

    def abort(self, key: str, upload: str) -> None:
        """Give an upload in parts up."""
        with self._told("give an upload up"):
            self._client.abort_multipart_upload(**self._at(key), UploadId=upload)

    def check_up(self) -> None:
        """Raise (`unavailable`) if the store was away a moment ago; nothing is asked."""
        if self._away_at is not None and time.monotonic() - self._away_at < AWAY_SECONDS:
            raise StorageError(f"{self.place.told} cannot be reached now", "unavailable")

    def _pages(self, operation: str, prefix: str) -> Iterator[dict[str, Any]]:
        asked = self._client.get_paginator(operation)
        pages = iter(asked.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix + prefix))
        while True:
            with self._told("list files"):
                page = next(pages, None)
            if page is None:
                return
            yield page

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": self.place.prefix + key}

    def _plain(self, key: str) -> str:
        return key.removeprefix(self.place.prefix)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn what a store says into a StorageError, and note whether it is there."""
        try:
            yield
        except ClientError as error:
            raise self._refused(what, error) from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            why = "has no key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            raise StorageError(f"{self.place.told} {why}") from error
        except (HTTPClientError, UnconnectedError) as error:
            raise self._away(f"{what} ({type(error).__name__})") from error
        except BotoCoreError as error:
            raise StorageError(f"{self.place.told} cannot {what} ({type(error).__name__})") from error
        self._away_at = None

    def _away(self, what: str) -> StorageError:
        self._away_at = time.monotonic()
        return StorageError(f"{self.place.told} cannot be reached to {what}; it is tried again later", "unavailable")

    def _refused(self, what: str, error: ClientError) -> StorageError:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = re.sub(r"\W", "", str(error.response.get("Error", {}).get("Code", "")))[:60]
        told = f"{self.place.told} does not {what}: {code or status}"
        if code in SPOILT:
            return SpoiltError(f"{told}; it did not come through as it was sent", "unavailable")
        if code in GONE:
            return StorageError(told, "missing")
        if code in FULL or status == 507:
            return StorageError(f"{told}; free some room there", "no_space")
        if code in BUSY or status >= 500 or status == 429:
            self._away_at = time.monotonic()
            return StorageError(f"{told}; it is tried again later", "unavailable")
        return StorageError(f"{told}; {HINTS.get(code, 'see what the store says of it')}")


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _entry(answer: dict[str, Any], key: str, size_bytes: int, changed: datetime) -> Entry:
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    now = parsedate_to_datetime(date) if date else datetime.now(UTC)
    return Entry(key, size_bytes, changed.timestamp(), now.timestamp() - changed.timestamp())
