"""The system of record: the only room that speaks SQL."""
