"""The studio: projects, shots, takes, boards and sessions; events may be about a project."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """From the version before."""
    _projects()
    _shots()
    _takes()
    _board_items()
    _sessions()
    _events()


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=36), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str, first: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=first, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _projects() -> None:
    op.create_table(
        "projects",
        _id("id"),
        _id("tenant_id"),
        sa.Column("name", sa.String(length=200), nullable=False),
        _text("brief"),
        sa.Column("language", sa.String(length=2), server_default="en", nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        _number("version", "1"),
        _time("created_at"),
        _time("updated_at"),
        sa.CheckConstraint("language in ('en', 'ar')", name=op.f("ck_projects_language")),
        sa.CheckConstraint("(width is null) = (height is null)", name=op.f("ck_projects_size")),
        _points_to("projects", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index("ix_projects_listed", "projects", ["tenant_id", "updated_at", "id"])


def _shots() -> None:
    op.create_table(
        "shots",
        _id("id"),
        _id("tenant_id"),
        _id("project_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        _text("prompt"),
        sa.Column("framing", sa.String(length=20), nullable=True),
        sa.Column("move", sa.String(length=20), nullable=True),
        sa.Column("duration_seconds", sa.Double(), nullable=True),
        _text("line"),
        _text("notes"),
        sa.Column("composer", sa.JSON(), nullable=True),
        sa.Column("asset_ids", sa.JSON(), nullable=False),
        _id("chosen_take_id", nullable=True),
        _number("takes_made", "0"),
        _number("version", "1"),
        _time("created_at"),
        _time("updated_at"),
        _points_to("shots", "tenant_id", "tenants"),
        _points_to("shots", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shots")),
    )
    op.create_index("ix_shots_listed", "shots", ["project_id", "number"])
    op.create_index("ix_shots_chosen_take_id", "shots", ["chosen_take_id"])


def _takes() -> None:
    op.create_table(
        "takes",
        _id("id"),
        _id("tenant_id"),
        _id("project_id"),
        _id("shot_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _id("parent_take_id", nullable=True),
        _id("batch_id"),
        sa.Column("drawing", sa.JSON(), nullable=True),
        _time("created_at"),
        sa.CheckConstraint("kind in ('still', 'draft', 'master')", name=op.f("ck_takes_kind")),
        _points_to("takes", "id", "jobs"),
        _points_to("takes", "tenant_id", "tenants"),
        _points_to("takes", "project_id", "projects"),
        _points_to("takes", "shot_id", "shots"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takes")),
        sa.UniqueConstraint("shot_id", "number", name=op.f("uq_takes_shot_id_number")),
    )
    op.create_index("ix_takes_project_id", "takes", ["project_id"])


def _board_items() -> None:
    op.create_table(
        "board_items",
        _id("id"),
        _id("tenant_id"),
        _id("project_id"),
        sa.Column("kind", sa.String(length=12), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("x", "y", "width", "height")),
        _number("layer", "0"),
        *(_id(name, nullable=True) for name in ("asset_id", "take_id", "shot_id")),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("colour", sa.String(length=40), nullable=True),
        _number("version", "1"),
        _time("created_at"),
        _time("updated_at"),
        sa.CheckConstraint("kind in ('picture', 'clip', 'note', 'shot')", name=op.f("ck_board_items_kind")),
        _points_to("board_items", "tenant_id", "tenants"),
        _points_to("board_items", "project_id", "projects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_items")),
    )
    op.create_index("ix_board_items_project_id", "board_items", ["project_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _id("tenant_id"),
        _id("key_id"),
        _time("created_at"),
        _time("expires_at"),
        _time("used_at", nullable=True),
        sa.CheckConstraint("kind in ('session', 'opening')", name=op.f("ck_sessions_kind")),
        _points_to("sessions", "tenant_id", "tenants"),
        _points_to("sessions", "key_id", "keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _events() -> None:
    """Numbers of events go on where they were: whoever comes back with one has missed nothing.

    SQLite changes a column by writing its table anew, and would then count on from the last event that is still kept.
    """
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    kept = sa.text("select seq from sqlite_sequence where name = 'events'")
    last = connection.execute(kept).scalar() if is_sqlite else None
    with op.batch_alter_table("events", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("job_id", existing_type=sa.String(length=36), nullable=True)
        batch_op.add_column(_id("project_id", nullable=True))
        batch_op.create_check_constraint(op.f("ck_events_about"), "(job_id is null) <> (project_id is null)")
    if last is not None:
        connection.execute(sa.text("delete from sqlite_sequence where name = 'events'"))
        connection.execute(sa.text("insert into sqlite_sequence (name, seq) values ('events', :last)"), {"last": last})
