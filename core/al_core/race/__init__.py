"""Many runs, live: the driver, its events, and the picture of it that screens draw."""
