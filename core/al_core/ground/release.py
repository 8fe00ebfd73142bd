"""The version of this program, where its build looks for it."""

__version__ = "0.2.0"
