"""The tables of campaigns/: one noun a file. Rows only; validation lives in `documents.schema`, writing in `plan.apply`."""
