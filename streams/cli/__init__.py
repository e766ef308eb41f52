"""The command line: parses, calls, prints, exits; one file a group of commands."""
