"""From a request to an endpoint, and from its answer to the wire."""
