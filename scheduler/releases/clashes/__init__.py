"""What releases do to one another: decisions on light data, across campaigns. No database, clock or network here."""
