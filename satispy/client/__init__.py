"""Ask the prediction service from Python."""
