"""What the options ask for, checked before anything starts."""
