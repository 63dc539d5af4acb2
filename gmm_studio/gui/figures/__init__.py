"""Figures to take away: one description, one painter, and a writer for each format."""
