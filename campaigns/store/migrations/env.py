"""Alembic's entry: the connection and its transaction are the caller's."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=context.config.attributes["metadata"], transactional_ddl=False)
context.run_migrations()
