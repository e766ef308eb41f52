"""How this process and the desk are, for whoever watches: probes, figures, the service manager, the watch on a consumer."""
