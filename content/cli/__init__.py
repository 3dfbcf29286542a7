"""The commands of this floor, a file for each kind of work. No database, no network."""
