"""A retrain cut into functions of one partition, and reductions (docs/decisions/0073).

For datasets beyond one machine. A partition is a range of positions of the table; what a function
finds of it is stored below `runs/<run>/blocks/` before the next begins, so a function needs its
partition and what all share, never the dataset. `satispy.engine` says where they run.
"""
