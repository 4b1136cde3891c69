"""What somebody has to hear of: found in the bucket's state, kept as open incidents until it is
over, and told by every channel until each has confirmed it (docs/decisions/0069)."""
