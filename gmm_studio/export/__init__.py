"""Results out: parameters and points."""
