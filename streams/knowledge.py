"""What the extractor and the rules both know of the world: taxonomy, nations, groups, sites, places.

Read once from `rules/knowledge/*.yaml` and from the operator's own folders, which add to it without touching ours. Facts
only, each file names its sources. A mistake in a file is a KnowledgeError with its place.
"""
