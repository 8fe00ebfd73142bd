"""Results as text that other programs and people read."""
