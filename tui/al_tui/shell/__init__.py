"""What every app has: themes, signals, the terminal, a way out."""
