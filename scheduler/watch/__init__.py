"""What a daemon says of itself: figures, troubles, alerts, metrics and health. It looks, and moves no release."""
