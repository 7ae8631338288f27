"""The record: one set of tables on two engines, SQLite and Postgres."""
