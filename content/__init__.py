"""How it reads: templates, languages, counting, checks, previews. No database, no network."""
