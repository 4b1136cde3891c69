"""What the steps of one retrain share: `runs/<run>/` in the bucket."""
