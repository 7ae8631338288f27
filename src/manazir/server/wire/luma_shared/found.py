"""Files that requests point to: URLs, uploads, what other generations made. All become references for a canvas."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from manazir.core.errors import FetchError, MediaError
from manazir.server.assets.addresses import check_url
from manazir.server.assets.checking import MediaKind, containers_of
from manazir.server.assets.fetching import Terms, check_source, fetch
from manazir.server.cutting import cut_frame
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.ids import plain_id

ATTACHED = "attached"
"""The role of a file that came inside of a request; nobody lists it."""
PICTURE: frozenset[MediaKind] = frozenset({MediaKind.IMAGE})
FILM: frozenset[MediaKind] = frozenset({MediaKind.VIDEO})
ROLES: Mapping[MediaKind, str] = {MediaKind.VIDEO: "video", MediaKind.IMAGE: "image"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A file that a request points to."""

    reference: str
    """For a canvas: `asset:ID` or a URL."""
    name: str
    """How the client calls it."""
    asset: Asset | None = None
    """None: a URL; what it is turns out when the job begins."""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_video(self) -> bool:
        """Whether it is known to be a clip."""
        return self.asset is not None and _kind(self.asset) == MediaKind.VIDEO

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height; None: not known yet."""
        width, height = self.facts.get("width"), self.facts.get("height")
        return (width, height) if width and height else None


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds files for one caller."""

    service: Service
    caller: Caller
    base_url: str
    """How the client reaches the service: addresses of ours that it sends back are taken without a detour."""

    def url(self, url: str, name: str, kinds: Collection[MediaKind]) -> Found:
        """What a URL points to, which the worker fetches; a data: URL holds it, and one of ours leads to it.

        Raises:
            ApiError: it may not be asked for, or holds no such file; names the field.
        """
        ours = self._ours(url)
        if ours is not None:
            return _of_kind(_found(ours, name), kinds)
        try:
            check_source(url, self._terms(kinds))
            return self._inside(url, name, kinds) if url[:5].lower() == "data:" else Found(reference=url, name=name)
        except (FetchError, MediaError) as error:
            raise ApiError(Problem.INVALID, f"{name}: {error}", field=name) from error

    def data(self, text: str, name: str, kinds: Collection[MediaKind]) -> Found:
        """A file in base64.

        Raises:
            ApiError: it is none, or of another kind; names the field.
        """
        return self.url(f"data:;base64,{text}", name, kinds)

    def file(self, file_id: str, name: str, kinds: Collection[MediaKind]) -> Found:
        """An upload.

        Raises:
            ApiError: it is not there, not ready, or of another kind; names the field.
        """
        asset = self._asset(file_id)
        if asset is None or asset.job_id is not None:
            raise ApiError(Problem.INVALID, f"there is no file {file_id[:80]}", field=name)
        if asset.state != "ready":
            raise ApiError(Problem.INVALID, f"the file is {asset.state}; complete its upload first", field=name)
        return _of_kind(_found(asset, name), kinds)

    def generation(self, job_id: str, name: str, kinds: Collection[MediaKind]) -> Found:
        """What another generation made.

        Raises:
            ApiError: it is not there, not ready, or made nothing of that kind; names the field.
        """
        roles = [ROLES[kind] for kind in (MediaKind.VIDEO, MediaKind.IMAGE) if kind in kinds]
        try:
            return _found(self.service.output_of(self.caller, plain_id(job_id) or "", roles, name=name), name)
        except ApiError as error:
            if error.problem is not Problem.NOT_FOUND:
                raise
            raise ApiError(Problem.INVALID, f"there is no generation {job_id[:80]}", field=name) from error

    def cut(self, clip: Found, *, is_last: bool) -> Found:
        """The first or the last frame of a clip that is here, as a picture."""
        assert clip.asset is not None
        return _found(cut_frame(self.service, self.caller, clip.asset, is_last=is_last), clip.name)

    def _terms(self, kinds: Collection[MediaKind]) -> Terms:
        return Terms(reach=self.service.reach, wanted=containers_of(kinds))

    def _inside(self, url: str, name: str, kinds: Collection[MediaKind]) -> Found:
        """The file that a data: URL holds."""
        blob = fetch(url, self.service.storage, self._terms(kinds)).blob
        brought = self.service.look_at(blob, name, kinds)
        return _found(self.service.own(self.caller, brought, role=ATTACHED), name)

    def _ours(self, url: str) -> Asset | None:
        """The caller's file that an address of ours leads to; None: it is none of ours, or somebody else's."""
        if not url.startswith(f"{self.base_url}/media/"):
            return None
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        path = parts.path.removeprefix(urlsplit(self.base_url).path)
        try:
            self.service.signer.check(path, query.get("until", [""])[0], query.get("signature", [""])[0])
        except ApiError:
            return None
        asset = self._asset(path.split("/")[2])
        return None if asset is None or asset.state != "ready" else asset

    def _asset(self, asset_id: str) -> Asset | None:
        try:
            return self.service.asset(self.caller, plain_id(asset_id) or "")
        except ApiError:
            return None


def check_outside(service: Service, url: str, name: str) -> None:
    """Refuse early a URL that would not be asked later, also one to call back.

    Raises:
        ApiError: names the field.
    """
    try:
        check_url(url, service.reach)
    except FetchError as error:
        raise ApiError(Problem.INVALID, f"{name}: {error}", field=name) from error


def _found(asset: Asset, name: str) -> Found:
    return Found(reference=f"asset:{asset.id}", name=name, asset=asset, facts=asset.facts)


def _of_kind(found: Found, kinds: Collection[MediaKind]) -> Found:
    assert found.asset is not None
    if _kind(found.asset) in kinds:
        return found
    told = f"{found.name} is {found.asset.mime_type}; give {' or '.join(sorted(kinds))}"
    raise ApiError(Problem.INVALID, told, field=found.name)


def _kind(asset: Asset) -> str:
    """What a file can be used as; of uploads it was found out (a GIF is a clip), of what jobs made the type says it."""
    return str(asset.facts.get("kind") or asset.mime_type.partition("/")[0])
