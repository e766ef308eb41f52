"""What people write by hand, whatever it says: YAML with positions, edits in place, lengths of time, "did you mean"."""
