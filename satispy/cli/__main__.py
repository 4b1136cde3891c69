"""`python -m satispy.cli`, for where the `satispy` script is not on the path."""

from satispy.cli import main

main()
