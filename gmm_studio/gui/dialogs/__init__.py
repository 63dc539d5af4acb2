"""The dialogs: each says what a person decided by a signal."""
