"""Query strategies, one file per family, found by themselves. `registry` says what a strategy is."""
