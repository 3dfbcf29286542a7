"""What was done, by whom and why: an append-only log. Nothing here decides."""
