"""Files as the developer API tells them."""

from base64 import b64encode
from typing import Any

from manazir.server.files import Asset
from manazir.server.wire.veo.answers import moment
from manazir.server.wire.veo.names import file_name

STATES = {"pending": "PROCESSING", "ready": "ACTIVE", "failed": "FAILED"}


def file(asset: Asset, address: str) -> dict[str, Any]:
    """A file.

    Args:
        address: of its bytes, for whoever has a key.
    """
    told: dict[str, Any] = {
        "name": file_name(asset),
        "mimeType": asset.mime_type,
        "sizeBytes": str(asset.size_bytes),
        "createTime": moment(asset.created_at),
        "updateTime": moment(asset.created_at),
        "state": STATES[asset.state],
        "uri": address.partition(":download")[0],
        "source": "UPLOADED" if asset.job_id is None else "GENERATED",
    }
    if asset.job_id is not None:
        told["downloadUri"] = address
    if asset.filename is not None:
        told["displayName"] = asset.filename
    if asset.expires_at is not None:
        told["expirationTime"] = moment(asset.expires_at)
    if asset.sha256 is not None:
        told["sha256Hash"] = b64encode(asset.sha256.encode()).decode("ascii")  # of the hexadecimal text, as Google does
    if asset.state == "failed":
        told["error"] = {"code": 3, "message": asset.reason or "it is no video, picture or sound"}
    if asset.facts.get("kind") == "video":
        told["videoMetadata"] = {"videoDuration": f"{asset.facts['duration_seconds']:.3f}s"}
    return told
