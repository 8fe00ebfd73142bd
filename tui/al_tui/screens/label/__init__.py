"""Labelling by keystroke."""
