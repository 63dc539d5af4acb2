"""Bringing in tables: what is plain, what is asked, and what is remembered."""
