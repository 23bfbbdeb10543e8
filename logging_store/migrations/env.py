"""Run by Alembic. The connection, already in a transaction, comes from `logging_store.migrate`."""

from alembic import context

from logging_store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
