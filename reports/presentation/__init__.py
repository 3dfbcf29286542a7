"""A report as people get it: words, charts, the page, and the files that hold the same figures."""
