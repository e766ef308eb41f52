"""What a rule wants to be known of an incident, now and over time, and how that differs from what was told."""
