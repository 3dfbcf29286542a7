"""What a campaign came to, as data: its goals judged, its tables, its studies and the findings they allow."""
