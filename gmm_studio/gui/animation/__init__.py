"""Animations of runs, and strips of chosen iterations."""
