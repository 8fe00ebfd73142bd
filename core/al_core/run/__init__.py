"""One strategy on one task: its state, a round of it, and what a worker does with both."""
