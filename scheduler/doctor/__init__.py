"""What a workspace and its machine lack, and how to get it; keeps what servers say of their limits, and no more."""
