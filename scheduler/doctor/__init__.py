"""What a workspace and its machine lack, and how to get it. Looks at everything, changes nothing, uses no network."""
