"""Article text to events: one file a question (which sentences, who did what, how far, on whose word, when, where)."""
