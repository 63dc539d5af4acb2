"""The panels beside the cloud."""
