"""Learners: models that are fitted on the labelled items, by name."""
