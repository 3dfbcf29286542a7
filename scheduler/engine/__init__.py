"""The engine: claims what is due, sends it once, and knows what became of it. APScheduler is its clock."""
