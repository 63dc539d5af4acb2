"""Lessons: small files that hold data, a start, a model, what to look at, and a few sentences."""
