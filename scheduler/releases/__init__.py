"""Releases: one message, one locale, one channel, one instant. Their states, their gate, and the ledger that moves them."""
