"""What a rendering will look like, sound like, and take: on a terminal and on a page. No rule of a check lives here."""
