"""A campaign of months in a minute: the same engine on a copy, a leaping clock, and files instead of channels."""
