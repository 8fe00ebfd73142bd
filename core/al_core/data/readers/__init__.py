"""Where items come from, one module a kind of source."""
