"""The active-learning engine of al-tui: data, learners, query strategies, the loop, the race and its statistics.

Knows nothing of terminals. Nothing heavy is imported here: a program that only shows results pays for no numerics.
"""

__version__ = "0.1.0"
