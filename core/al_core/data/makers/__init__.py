"""Data sets that the program makes, one module a maker with a `Maker` called ``MAKER``; see `al_core.data.made`."""
