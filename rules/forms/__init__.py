"""Temporal forms: rules that judge incidents in event time."""
