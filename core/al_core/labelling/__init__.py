"""One person, one data set: what is on the screen, what the keys do, what the model learns meanwhile."""
