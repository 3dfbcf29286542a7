"""Imports readings without end, in random order, and says after each commit which batch is in."""

import sys
from datetime import UTC, datetime
from random import Random

from campaigns.store.engine import connect, writing
from reports.records import ledger
from reports.records.ledger import Receipt
from tests.builders.readings import row

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZE = 200  #: readings of a batch


def main(url: str, first: int) -> None:
    """Import batch after batch, from *first* on."""
    engine = connect(url)
    number = first
    while True:
        dice = Random(number)  # noqa: S311 (readings, not secrets)
        rows = [row(number + n / 1000, dice.randrange(900), f"r{dice.randrange(5)}") for n in range(SIZE)]
        with writing(engine) as connection:
            ledger.import_rows(connection, rows, Receipt(f"{number:064}", "part.csv", "x", NOW), corrects=True)
        print(number, flush=True)  # noqa: T201 (how the test hears of the commit)
        number += 7919  # far from the last one, so that days fall between days
        number %= 1009


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
