"""Kinds of CSV file that readings come in, one a file; strangers to each other. The list of them is in `collect`."""
