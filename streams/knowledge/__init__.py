"""What the extractor and the rules both know of the world, from rows of files to names found in running text."""
