"""Files of readings as tables of text: every cell a string with its place, and nothing yet of what it means."""
