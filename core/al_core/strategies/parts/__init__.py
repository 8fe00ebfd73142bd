"""What several query strategies are made of."""
