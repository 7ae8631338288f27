"""Pictures and clips of a request, wherever they are: in it, uploaded, made by another job, or at an address."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from manazir.core.errors import FetchError, MediaError
from manazir.server.assets.addresses import check_url
from manazir.server.assets.checking import MediaKind
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.wire.veo.names import find_file
from manazir.server.wire.veo.sizes import Size

INLINE = "inline"
"""The role of what lay in a request: nobody uploaded it as a file, and so it is not listed as one."""
OURS = re.compile(r"/(?:files|media)/([0-9a-f]{32}|[0-9a-f-]{36})(?:[:/?]|$)")
ALPHABETS = str.maketrans("-_", "+/")
PIECE = 1 << 20
"""Characters of Base64 that are read at once; four of them are three bytes."""
NAMED = re.compile(r"files/([a-z0-9-]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A picture or a clip, as a client gives it."""

    field: str
    """The client's name for it."""
    kind: MediaKind
    data: str | None = None
    """Base64."""
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where it is: what a canvas has."""

    reference: str
    size: Size | None = None
    """None: not known before it is fetched."""


Place = Callable[[Media], Placed]
"""Brings a picture or a clip to where jobs find it."""


def placing(service: Service, caller: Caller) -> Place:
    """How what a caller gives is brought."""

    def place(media: Media) -> Placed:
        if (media.data is None) == (media.uri is None):
            told = f"{media.field} needs either its bytes in Base64 or an address, and not both"
            raise ApiError(Problem.INVALID, told, field=media.field)
        if media.data is not None:
            return _brought(service, caller, media, decoded(media.data, media.field))
        assert media.uri is not None
        if media.uri.startswith("data:"):
            return _brought(service, caller, media, _of_data_url(media.uri, media.field))
        return _pointed_to(service, caller, media, media.uri)

    return place


def placed(asset: Asset) -> Placed:
    """A file of ours, as a canvas has it."""
    width, height = asset.facts.get("width"), asset.facts.get("height")
    size = (width // 2 * 2, height // 2 * 2) if width and height else None
    return Placed(f"asset:{asset.id}", size)


def decoded(text: str, field: str, begin: int = 0) -> Iterator[bytes]:
    """Base64 in either alphabet, with its padding or without; in pieces, so that the whole never lies in memory twice.

    Args:
        begin: where in the text it begins.

    Raises:
        ApiError: it is none, or empty.
    """
    end = len(text) - (text.endswith("=") + text.endswith("=="))
    if end <= begin:
        raise ApiError(Problem.INVALID, f"{field} is empty", field=field)
    try:
        for start in range(begin, end, PIECE):
            bare = text[start : min(end, start + PIECE)].translate(ALPHABETS)
            if "=" in bare:
                raise ValueError("padding before its end")
            yield base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError as error:  # also binascii.Error
        raise ApiError(Problem.INVALID, f"{field} is not Base64 ({error})", field=field) from error


def _of_data_url(url: str, field: str) -> Iterator[bytes]:
    comma = url.find(",")
    if comma < 0 or not url.endswith(";base64", 0, comma):
        raise ApiError(Problem.INVALID, f"{field}: a data: address must be Base64", field=field)
    return decoded(url, field, comma + 1)


def _brought(service: Service, caller: Caller, media: Media, data: Iterator[bytes]) -> Placed:
    try:
        return placed(service.bring(caller, data, called=media.field, role=INLINE, wanted=[media.kind]))
    except MediaError as error:
        raise ApiError(Problem.INVALID, str(error), field=media.field) from error


def _pointed_to(service: Service, caller: Caller, media: Media, uri: str) -> Placed:
    """An address: of a file of ours by any of its spellings, or of something outside."""
    if uri.startswith("gs://"):
        told = f"{media.field}: no bucket can be read here; upload the file (`files.upload`) or give an https address"
        raise ApiError(Problem.UNSUPPORTED, told, field=media.field)
    if (asset := _of_ours(service, caller, uri, media.field)) is not None:
        if asset.facts.get("kind", media.kind) != media.kind:
            told = f"{media.field} is {asset.facts['kind']} ({asset.mime_type}); give {media.kind}"
            raise ApiError(Problem.INVALID, told, field=media.field)
        return placed(asset)
    try:
        check_url(uri, service.reach)
    except FetchError as error:
        raise ApiError(Problem.INVALID, f"{media.field}: {error}", field=media.field) from error
    return Placed(uri)


def _of_ours(service: Service, caller: Caller, uri: str, field: str) -> Asset | None:
    """The caller's file that an address means, whichever way the server was reached; None: it is not one of ours."""
    if (named := NAMED.fullmatch(uri)) is not None:
        return find_file(service, caller, named[1], field=field)
    found = OURS.search(uri.partition("?")[0])
    asset_id = None if found is None else plain_id(found[1])
    if asset_id is None:
        return None
    try:
        return service.asset(caller, asset_id)
    except ApiError as error:
        if error.problem is Problem.NOT_FOUND:
            return None
        raise
