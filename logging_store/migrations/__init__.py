"""Alembic's environment and the revisions of the ledger's tables. There is no way down: a ledger is not thrown away."""
