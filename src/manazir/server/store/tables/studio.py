"""Projects: their shots, the takes of those, and what lies on their boards."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from manazir.server.store.tables.columns import ID, METADATA, tenant_column

projects = Table(
    "projects",
    METADATA,
    Column("id", ID, primary_key=True),
    tenant_column(),
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
    tenant_column(),
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
    tenant_column(),
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
    tenant_column(),
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
