"""The cloud view: what is on it, how it is rendered and painted, what is under the pointer."""
