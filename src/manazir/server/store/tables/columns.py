"""What all tables share: their record, the kinds of ids and counts, and whose a row is."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

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


def tenant_column() -> Column[str]:
    """Whose a row is."""
    return Column("tenant_id", ID, ForeignKey("tenants.id"), nullable=False)
