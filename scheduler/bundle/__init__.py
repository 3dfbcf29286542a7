"""The review bundle: one file in which another capital reads, sees and signs. No database and no network here."""
