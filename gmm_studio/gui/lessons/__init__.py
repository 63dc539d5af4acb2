"""Examples and lessons: the gallery, the bar that tells a lesson, and who carries it out."""
