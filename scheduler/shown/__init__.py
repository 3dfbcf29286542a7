"""What platforms show of what was published: read back, compared with what was signed, counted. Publishes nothing."""
