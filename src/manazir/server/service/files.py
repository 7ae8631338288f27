"""Files: brought by those who call, kept, told apart, owned, and lent by an address."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from manazir.server.assets.blobs import Blob
from manazir.server.assets.checking import MediaFacts, MediaKind, check_media
from manazir.server.assets.holding import Hold
from manazir.server.files import Asset, add_asset, find_asset, room_for
from manazir.server.keys import Caller
from manazir.server.service.shared import Shared

DAY_SECONDS = 86_400.0
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Brought:
    """A file whose bytes are kept, and of which it is known what it is; it is nobody's yet."""

    blob: Blob
    facts: MediaFacts
    hold: Hold = field(repr=False, compare=False)
    """Keeps the bytes from being swept away until somebody owns them, however long that takes."""


class Files(Shared):
    """The files of those who call."""

    def asset(self, caller: Caller, asset_id: str) -> Asset:
        """A file of the caller's tenant."""
        with self.database.reading() as connection:
            return find_asset(connection, caller.tenant_id, asset_id)

    def bring(
        self,
        caller: Caller,
        chunks: Iterable[bytes],
        *,
        called: str = "the file",
        filename: str | None = None,
        role: str = "input",
        wanted: Collection[MediaKind] = tuple(MediaKind),
        wire: Mapping[str, Any] = NOTHING,
    ) -> Asset:
        """Keep a file that the caller sends: a video, a picture or a sound. What `keep` and `own` raise passes."""
        return self.own(caller, self.keep(caller, chunks, called, wanted), filename=filename, role=role, wire=wire)

    def keep(
        self,
        caller: Caller,
        chunks: Iterable[bytes],
        called: str = "the file",
        wanted: Collection[MediaKind] = tuple(MediaKind),
    ) -> Brought:
        """Keep bytes that a caller sends, and say what they are. What nobody owns in the end is swept away.

        Args:
            called: the client's field for it, which refusals name.

        Raises:
            ApiError: the caller may store nothing more.
            MediaError: it is no video, picture or sound, broken, cut off, or not of a wanted kind.
            StorageError: it is too large, more than the caller may store, or cannot be kept.
        """
        self.storage.check_room()
        return self.look_at(self.storage.put_stream(chunks, self.room(caller)), called, wanted)

    def room(self, caller: Caller) -> int:
        """How many bytes a file may have that the caller brings now.

        Raises:
            ApiError: none.
        """
        with self.database.reading() as connection:
            return room_for(connection, caller.tenant_id, 1, self.operator.largest_upload_bytes)

    def look_at(self, blob: Blob, called: str, wanted: Collection[MediaKind] = tuple(MediaKind)) -> Brought:
        """Say what kept bytes are.

        Raises:
            MediaError: see `keep`.
        """
        hold = self.storage.hold(blob.sha256)
        try:
            return Brought(blob, check_media(self.storage.path(blob.sha256), called, wanted), hold)
        except BaseException:
            hold.release()
            raise

    def own(
        self,
        caller: Caller,
        brought: Brought,
        *,
        filename: str | None = None,
        role: str = "input",
        wire: Mapping[str, Any] = NOTHING,
        lasts_seconds: float | None = None,
    ) -> Asset:
        """Write down a file as the caller's.

        Args:
            lasts_seconds: less than the operator keeps uploads; `math.inf`: until somebody deletes it.

        Raises:
            ApiError: it is more than the tenant may store.
        """
        days = self.operator.input_days
        operators = math.inf if days is None else days * DAY_SECONDS
        lasts = lasts_seconds if lasts_seconds == math.inf else min(operators, lasts_seconds or math.inf)
        with brought.hold, self.database.transaction() as connection:
            return add_asset(
                connection,
                caller.tenant_id,
                mime_type=brought.facts.mime_type,
                size_bytes=brought.blob.size_bytes,
                sha256=brought.blob.sha256,
                role=role,
                filename=filename,
                facts=asdict(brought.facts),
                wire=wire,
                lasts_seconds=None if lasts == math.inf else lasts,
            )

    def link(self, asset: Asset, base_url: str) -> str:
        """An address that whoever has it can use for a while.

        Args:
            base_url: how the client reaches the service, without a slash at its end.
        """
        ending = {"video/mp4": "mp4", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
        path = f"/media/{asset.id}/{asset.role}.{ending.get(asset.mime_type, 'bin')}"
        return base_url + self.signer.sign(path, self.operator.link_hours * 3600)
