"""From a label that is wanted to deliveries: what holds it, silences it, gathers it in a digest, and who is called next."""
