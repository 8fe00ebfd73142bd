"""Lessons on the screen: the list of them, and a race with words above it."""
