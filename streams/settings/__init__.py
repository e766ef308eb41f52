"""`tocsin.yaml` and the environment: what may be set, how it is read, its schema for editors, and texts nobody may see."""
