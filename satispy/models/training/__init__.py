"""How the three families learn. Each is a committee: one member a fold, trained on the others.

The fold that a member did not see stops it where it needs stopping, and calibrates the committee;
so every training row teaches, and no test row is ever looked at.
"""
