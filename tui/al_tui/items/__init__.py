"""How one item is drawn, by the kind of its look."""
