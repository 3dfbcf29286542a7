"""Review work: what waits for whom and since when, decisions, comments, differences. No terminal, no network here."""
