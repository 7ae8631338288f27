"""Files of tenants: brought, made, or on their way."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Double, ForeignKey, Index, String, Table, Text

from manazir.server.store.tables.columns import HASH, ID, METADATA, tenant_column

assets = Table(
    "assets",
    METADATA,
    Column("id", ID, primary_key=True),
    tenant_column(),
    Column("job_id", ID, nullable=True),  # null: somebody brought it
    # Of a job's: video, image, thumbnail, spritesheet; else: input, character.
    Column("role", String(20), nullable=False),
    Column("state", String(12), nullable=False),  # pending, ready, failed
    Column("reason", Text),
    Column("sha256", HASH),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mime_type", String(100), nullable=False),
    Column("filename", String(255)),
    Column("facts", JSON, nullable=False),  # width, height, duration_seconds …
    Column("wire", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("deleted_at", Double),
    CheckConstraint("state in ('pending', 'ready', 'failed')", name="state"),
    CheckConstraint("(state = 'ready') <= (sha256 is not null)", name="bytes"),
    Index("ix_assets_listed", "tenant_id", "id"),
    Index("ix_assets_job_id", "job_id"),
    Index("ix_assets_sha256", "sha256"),
    Index("ix_assets_expires_at", "expires_at"),
)

uploads = Table(
    "uploads",
    METADATA,
    Column("id", HASH, primary_key=True),  # the hash of what whoever uploads shows
    tenant_column(),
    Column("key_id", ID, nullable=False),
    Column("asset_id", ID, ForeignKey("assets.id"), nullable=False),
    Column("size_bytes", BigInteger),  # as it was said; null: it was not
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("ix_uploads_tenant_id", "tenant_id"),
    Index("ix_uploads_expires_at", "expires_at"),
)
