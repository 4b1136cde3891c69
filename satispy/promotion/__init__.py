"""Which of the models of a run serve: gather the facts, judge, act once."""
