"""How a receiver knows that a message is ours: Standard Webhooks' headers, by a secret that both sides have."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import RowMapping
from standardwebhooks import Webhook

from manazir.server.signing import Signer
from manazir.server.store.ids import short_id


def callback_secret(signer: Signer, tenant_id: str) -> str:
    """What signs messages to the URLs that single requests name, which have no endpoint with a secret of its own.

    It follows from the service's own secret, so it is kept nowhere and stays for as long as the store does.
    """
    key = hmac.new(signer.secret, f"callbacks of {tenant_id}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(key).decode()


def secrets_of(signer: Signer, tenant_id: str, endpoint: RowMapping | None, time: float) -> Sequence[str]:
    """All that a message is signed with: for a day after a rotation also the secret from before."""
    if endpoint is None:
        return [callback_secret(signer, tenant_id)]
    is_old_good = endpoint["old_secret"] is not None and (endpoint["old_secret_until"] or 0.0) > time
    return [endpoint["secret"], endpoint["old_secret"]] if is_old_good else [endpoint["secret"]]


def signed(delivery_id: str, body: bytes, secrets: Sequence[str], at: datetime | None = None) -> Mapping[str, str]:
    """The headers of a message; its id is the same however often it is sent, so that receivers can tell.

    Args:
        at: by a clock that receivers share, who refuse what is minutes old; None: now.
    """
    at = at or datetime.now(UTC)
    name = f"msg_{short_id(delivery_id)}"
    signatures = [Webhook(secret).sign(name, at, body.decode()) for secret in secrets]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
