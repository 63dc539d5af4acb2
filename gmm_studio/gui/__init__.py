"""The window: Qt, which nothing else knows."""
