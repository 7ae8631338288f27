"""Where tenants want to hear of their jobs, and what was sent there."""

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table, Text, text

from manazir.server.store.tables.columns import COUNT, ID, METADATA, tenant_column

endpoints = Table(
    "endpoints",
    METADATA,
    Column("id", ID, primary_key=True),
    tenant_column(),
    Column("name", String(200), nullable=False),
    Column("url", Text, nullable=False),
    Column("dialect", String(20), nullable=False),
    Column("types", JSON, nullable=False),
    Column("secret", String(200), nullable=False),  # signs, so it cannot be a hash
    Column("old_secret", String(200)),
    Column("old_secret_until", Double),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
    Column("disabled_reason", Text),
    Index("ix_endpoints_tenant_id", "tenant_id"),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", ID, primary_key=True),
    tenant_column(),
    Column("job_id", ID, nullable=False),
    Column("event_sequence", COUNT, nullable=False),
    Column("endpoint_id", ID, nullable=True),  # null: the job's own callback URL
    Column("url", Text, nullable=False),
    Column("dialect", String(20), nullable=False),
    Column("state", String(12), nullable=False),  # waiting, delivered, given up
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("next_at", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("last_status", Integer),
    Column("last_error", Text),
    Index(
        "ix_deliveries_due",
        "next_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_deliveries_job_id", "job_id"),
)
