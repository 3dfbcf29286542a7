"""What is held of the people who work here, why, how long, and how it goes. Nothing is held of anybody else."""
