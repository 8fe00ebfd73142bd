"""Results as text that other programs and people read."""

FORMATS = ("html", "md", "json", "csv")
"""What a report can be written as."""
