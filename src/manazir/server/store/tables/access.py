"""Who may use the service: tenants, their keys, sessions of browsers; and what it knows of itself."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from manazir.server.store.tables.columns import HASH, ID, METADATA, tenant_column

tenants = Table(
    "tenants",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),  # all of a higher one's jobs go first
    Column("weight", Double, nullable=False, server_default="1"),  # of its share beside others of its priority
    Column("virtual_time", Double, nullable=False, server_default="0"),  # cost it was served, by weight
    Column("virtual_start", Double, nullable=False, server_default="0"),  # its virtual time when it was served last
    Column("is_paused", Boolean, nullable=False, server_default=text("false")),
    Column("max_queued", Integer, nullable=False),
    Column("max_running", Integer, nullable=False),
    Column("max_stored_bytes", BigInteger, nullable=True),
    Column("requests_per_minute", Integer, nullable=False),
    Column("credits", Double, nullable=True),  # null: not counted against anything
)

keys = Table(
    "keys",
    METADATA,
    Column("id", ID, primary_key=True),
    tenant_column(),
    Column("name", String(200), nullable=False),
    Column("prefix", String(16), nullable=False, unique=True),
    Column("secret_hash", HASH, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", HASH, primary_key=True),  # the hash of what a browser shows
    Column("kind", String(12), nullable=False),  # opening: good once, for a session
    tenant_column(),
    Column("key_id", ID, ForeignKey("keys.id"), nullable=False),  # whose scopes it has, as long as that is good
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    CheckConstraint("kind in ('session', 'opening')", name="kind"),
    Index("ix_sessions_expires_at", "expires_at"),
)

facts = Table(
    "facts",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)
"""What the service keeps of itself: the key that signs URLs, the format of this store."""
