"""The tables of campaigns/, one noun a file. Rows only: `documents.schema` validates, `plan.apply` writes."""
