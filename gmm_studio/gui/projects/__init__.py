"""Projects in the window: saved, opened, kept safe while nobody saves them, and found again."""
