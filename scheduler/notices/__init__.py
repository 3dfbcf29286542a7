"""Mail to signers: that work waits, that its deadline comes near, that one partner acted alone. No decision by mail."""
