"""Releases: one message, locale, channel and instant each. Their states, gate, and the ledger that moves them."""
