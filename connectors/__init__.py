"""The edges: sources yield articles, sinks take deliveries."""
