"""The tables, for both engines. Times are seconds since 1970 by the database's clock; money is in credits.

Migrations (`store/migrations/`) make them; a test holds that they make these.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import BigInteger

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(36)
HASH = String(64)
COUNT = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up by itself in columns of type INTEGER only."""


def _tenant() -> Column[str]:
    return Column("tenant_id", ID, ForeignKey("tenants.id"), nullable=False)


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
    _tenant(),
    Column("name", String(200), nullable=False),
    Column("prefix", String(16), nullable=False, unique=True),
    Column("secret_hash", HASH, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
)

jobs = Table(
    "jobs",
    METADATA,
    Column("id", ID, primary_key=True),
    _tenant(),
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

assets = Table(
    "assets",
    METADATA,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("job_id", ID, nullable=True),  # null: somebody brought it
    Column(
        "role", String(20), nullable=False
    ),  # of a job's: video, image, thumbnail, spritesheet; else: input, character
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
    _tenant(),
    Column("key_id", ID, nullable=False),
    Column("asset_id", ID, ForeignKey("assets.id"), nullable=False),
    Column("size_bytes", BigInteger),  # as it was said; null: it was not
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index("ix_uploads_tenant_id", "tenant_id"),
    Index("ix_uploads_expires_at", "expires_at"),
)

events = Table(
    "events",
    METADATA,
    Column("sequence", COUNT, primary_key=True, autoincrement=True),
    _tenant(),
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
    _tenant(),
    Column("job_id", ID, nullable=False),
    Column("entry", String(12), nullable=False),  # charge, refund: each at most once for each time it was asked for
    Column("tries", Integer, nullable=False),
    Column("credits", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("job_id", "entry", "tries"),
    Index("ix_ledger_told", "tenant_id", "created_at"),
)

endpoints = Table(
    "endpoints",
    METADATA,
    Column("id", ID, primary_key=True),
    _tenant(),
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
    _tenant(),
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

projects = Table(
    "projects",
    METADATA,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("name", String(200), nullable=False),
    Column("brief", Text, nullable=False, server_default=""),
    Column("language", String(2), nullable=False, server_default="en"),  # of the brief: en, ar
    Column("width", Integer),  # of what is made of it; null: the model's own
    Column("height", Integer),
    Column("model", String(200)),  # as clients name models; null: the service's own choice
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),  # of it, or of anything in it
    Column("archived_at", Double),  # null: it is not
    CheckConstraint("language in ('en', 'ar')", name="language"),
    CheckConstraint("(width is null) = (height is null)", name="size"),
    Index("ix_projects_listed", "tenant_id", "updated_at", "id"),
)

shots = Table(
    "shots",
    METADATA,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("project_id", ID, ForeignKey("projects.id"), nullable=False),
    Column("number", Integer, nullable=False),  # in its project, from 1, without holes
    Column("title", String(200), nullable=False, server_default=""),
    Column("prompt", Text, nullable=False, server_default=""),
    Column("framing", String(20)),
    Column("move", String(20)),
    Column("duration_seconds", Double),
    Column("line", Text, nullable=False, server_default=""),
    Column("notes", Text, nullable=False, server_default=""),
    Column("composer", JSON),  # what was asked for, as far as it was said
    Column("asset_ids", JSON, nullable=False),  # its references
    Column("chosen_take_id", ID),
    Column("takes_made", Integer, nullable=False, server_default="0"),  # so that no take's number comes again
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Index("ix_shots_listed", "project_id", "number"),
    Index("ix_shots_chosen_take_id", "chosen_take_id"),
)

takes = Table(
    "takes",
    METADATA,
    Column("id", ID, ForeignKey("jobs.id"), primary_key=True),
    _tenant(),
    Column("project_id", ID, ForeignKey("projects.id"), nullable=False),
    Column("shot_id", ID, ForeignKey("shots.id"), nullable=False),
    Column("number", Integer, nullable=False),  # in its shot, from 1
    Column("kind", String(12), nullable=False),
    Column("parent_take_id", ID),
    Column("batch_id", ID, nullable=False),  # the first of those that were asked for together
    Column("drawing", JSON),
    Column("created_at", Double, nullable=False),
    CheckConstraint("kind in ('still', 'draft', 'master')", name="kind"),
    UniqueConstraint("shot_id", "number"),
    Index("ix_takes_project_id", "project_id"),
)

board_items = Table(
    "board_items",
    METADATA,
    Column("id", ID, primary_key=True),
    _tenant(),
    Column("project_id", ID, ForeignKey("projects.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("x", Double, nullable=False),
    Column("y", Double, nullable=False),
    Column("width", Double, nullable=False),
    Column("height", Double, nullable=False),
    Column("layer", Integer, nullable=False, server_default="0"),  # higher ones lie above
    Column("asset_id", ID),
    Column("take_id", ID),
    Column("shot_id", ID),
    Column("text", Text),
    Column("colour", String(40)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    CheckConstraint("kind in ('picture', 'clip', 'note', 'shot')", name="kind"),
    Index("ix_board_items_project_id", "project_id"),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", HASH, primary_key=True),  # the hash of what a browser shows
    Column("kind", String(12), nullable=False),  # opening: good once, for a session
    _tenant(),
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
