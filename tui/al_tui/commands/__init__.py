"""Everything a person can do, and the keys that do it."""
