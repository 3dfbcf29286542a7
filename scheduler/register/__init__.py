"""The public register: what was published, as everybody can read, download and check it. Nothing here publishes."""
