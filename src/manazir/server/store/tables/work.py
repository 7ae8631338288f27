"""Jobs, who works on them, what happened to them and what they cost."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from manazir.server.store.tables.columns import COUNT, HASH, ID, METADATA, tenant_column

jobs = Table(
    "jobs",
    METADATA,
    Column("id", ID, primary_key=True),
    tenant_column(),
    Column("key_id", ID, nullable=True),
    Column("dialect", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("model", String(200), nullable=False),  # the installed one
    Column("alias", String(200), nullable=False),  # the name that the client sent
    Column("request", JSON, nullable=False),  # a JobRequest
    Column("wire", JSON, nullable=False),  # what the dialect wants to say again
    Column("state", String(12), nullable=False),
    Column("reason_code", String(40)),  # why it ended as it did, or why it waits again
    Column("reason", Text),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("position", Double, nullable=False),
    Column("is_held", Boolean, nullable=False, server_default=text("false")),
    Column("cost", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("ended_at", Double),
    Column("deleted_at", Double),
    Column("expires_at", Double),
    Column("tries", Integer, nullable=False, server_default="1"),  # how often somebody asked for it
    Column("attempt", Integer, nullable=False, server_default="0"),  # the fencing token
    Column("crashes", Integer, nullable=False, server_default="0"),  # of the engine, over this job
    Column("losses", Integer, nullable=False, server_default="0"),  # of workers, under this job
    Column("worker_id", ID),
    Column("lease_until", Double),
    Column("is_late", Boolean, nullable=False, server_default=text("false")),  # the lease was over, and lengthened
    Column("is_cancel_asked", Boolean, nullable=False, server_default=text("false")),
    Column("stage", String(40)),
    Column("steps_done", Integer),
    Column("steps_total", Integer),
    Column("preview_hash", HASH),
    Column("take", JSON),
    Column("parent_id", ID),
    Column("idempotency_key", String(255)),
    Column("body_hash", HASH),
    Column("callback_url", Text),
    CheckConstraint("state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"),
    CheckConstraint("(state = 'running') = (lease_until is not null)", name="lease"),
    CheckConstraint("(state in ('queued', 'running')) = (ended_at is null)", name="ended"),
    UniqueConstraint("tenant_id", "idempotency_key"),
    Index(
        "ix_jobs_waiting",
        "tenant_id",
        "is_held",
        text("priority desc"),
        "position",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_jobs_running",
        "tenant_id",
        "lease_until",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index("ix_jobs_listed", "tenant_id", "id"),
    Index(
        "ix_jobs_expires_at",
        "expires_at",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_jobs_preview_hash",
        "preview_hash",
        sqlite_where=text("preview_hash is not null"),
        postgresql_where=text("preview_hash is not null"),
    ),
)

workers = Table(
    "workers",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("process_id", Integer, nullable=False),
    Column("process_space", String(300)),  # where that number counts; null: it cannot be told
    Column("process_began", BigInteger),  # in ticks: the number may be another's by now
    Column("device", String(40), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("job_id", ID),
)

events = Table(
    "events",
    METADATA,
    Column("sequence", COUNT, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("job_id", ID),
    Column("project_id", ID),
    Column("type", String(40), nullable=False),  # job.queued, job.running, job.succeeded … project.changed
    Column("data", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    CheckConstraint("(job_id is null) <> (project_id is null)", name="about"),
    Index("ix_events_told", "tenant_id", "sequence"),
    Index("ix_events_of_job", "job_id", "sequence"),
    sqlite_autoincrement=True,
)

ledger = Table(
    "ledger",
    METADATA,
    Column("id", COUNT, primary_key=True, autoincrement=True),
    tenant_column(),
    Column("job_id", ID, nullable=False),
    Column("entry", String(12), nullable=False),  # charge, refund: each at most once for each time it was asked for
    Column("tries", Integer, nullable=False),
    Column("credits", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("job_id", "entry", "tries"),
    Index("ix_ledger_told", "tenant_id", "created_at"),
)
