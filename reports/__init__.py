"""What came of it: readings, goals, charts, report files. Nothing here publishes or changes a release."""
