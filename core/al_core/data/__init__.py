"""Data sets: what they hold, how one item looks, and how they are split."""
