"""Results as text that other programs and people read."""

FORMATS = ("html", "md", "json", "csv", "seeds", "methods")
"""What a report can be written as; ``seeds`` is CSV with a row per seed, ``methods`` a paragraph about the protocol."""
ENDINGS = ("html", "md", "json", "csv")
"""Those that the ending of a file's name asks for."""
