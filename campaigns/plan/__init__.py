"""What an apply would change, and doing it: documents against tables. Releases are booked one floor up."""
