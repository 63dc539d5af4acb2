"""Painting data: the brush, its bar, and what its strokes do to the cloud."""
