"""The version of this program, where its build looks for it."""

__version__ = "0.1.0"
