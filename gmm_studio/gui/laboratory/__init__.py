"""The laboratory of initialisation: what compares many starts."""
