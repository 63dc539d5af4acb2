"""Point clouds: generators and readers."""
