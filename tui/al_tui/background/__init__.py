"""What goes on behind the screens."""
