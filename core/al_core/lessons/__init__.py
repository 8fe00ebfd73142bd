"""Lessons: what to look at in a race, and questions that the race answers. A lesson is a file, in `texts` or of a person."""
