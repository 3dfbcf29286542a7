"""What tables of readings are of, and what their sources have in common: headings, posts, visits, deliveries."""
