"""Leases that are over are lengthened once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """From the version before."""
    op.add_column("jobs", sa.Column("is_late", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
