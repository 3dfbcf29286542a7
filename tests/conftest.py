"""What every test may ask for (the servers of `tests/servers`), and what a skipped test means."""

pytest_plugins = ["tests.servers.fixtures", "tests.skips"]
