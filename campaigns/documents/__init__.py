"""YAML <-> typed documents. Nothing here opens the database."""
