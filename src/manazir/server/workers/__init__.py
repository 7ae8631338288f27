"""Workers: they take jobs under a lease, have an engine make them, and commit what it made."""
