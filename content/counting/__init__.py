"""How long a text is, in the units that channels count. Pure: text in, numbers out; no network, no database."""
