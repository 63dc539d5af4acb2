"""What a step does and why: its equations with their numbers, and sentences."""
