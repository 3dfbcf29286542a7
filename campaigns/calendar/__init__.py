"""Wall time, recurrence, and spans in which nothing goes out. Pure: no database, no document types, no clock."""  # noqa: A005 (the trade's word; never imported as a top-level name)
