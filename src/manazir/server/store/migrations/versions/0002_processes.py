"""Workers say which process they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """From the version before."""
    op.add_column("workers", sa.Column("process_space", sa.String(length=300), nullable=True))
    op.add_column("workers", sa.Column("process_began", sa.BigInteger(), nullable=True))
