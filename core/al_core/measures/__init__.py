"""What curves and labels say, and how sure it is."""
