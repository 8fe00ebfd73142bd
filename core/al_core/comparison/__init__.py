"""The same runs over paired seeds, and what may be said of them."""
