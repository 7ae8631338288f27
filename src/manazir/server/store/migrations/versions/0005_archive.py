"""Projects may lie in an archive."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """From the version before."""
    op.add_column("projects", sa.Column("archived_at", sa.Double(), nullable=True))


def downgrade() -> None:
    """To the version before: what was archived is with the others again."""
    op.drop_column("projects", "archived_at")
