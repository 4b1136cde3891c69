"""Generated demo reviews, and the walk of `make demo`."""
