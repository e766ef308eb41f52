"""What operators write: rule files, what they mean, and whether an event satisfies them."""
