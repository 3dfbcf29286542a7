"""Readings as they are kept, and brought out again: ledger, rollups, archive; frames and series of what they hold."""
