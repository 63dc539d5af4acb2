"""What changes over the iterations of a run, as curves below the cloud."""
