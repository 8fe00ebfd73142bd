"""What is asked: a data set, a seed, a split, a start."""
