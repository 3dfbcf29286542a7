"""Wordings on their way to translators and back: what goes into a PO file, and what of one comes into the documents."""
