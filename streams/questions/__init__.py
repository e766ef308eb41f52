"""What operators and authors of rules ask; one command a file, answered by the same steps that run, and nothing is told."""
