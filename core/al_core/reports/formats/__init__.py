"""What a bench can be written as: a module a format, called as the format is, with `write` from findings to text."""
