"""Tocsin's flow: records, the pure core, the store and the runs."""
