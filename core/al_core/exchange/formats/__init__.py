"""File formats of labels, one module each."""
