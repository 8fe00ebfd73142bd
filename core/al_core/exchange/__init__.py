"""Labels out of a session and into one."""
