"""The terminal program: what a person sees and presses."""
