"""SQLite or PostgreSQL: connections, transactions, migrations. No rule about campaigns lives here."""
