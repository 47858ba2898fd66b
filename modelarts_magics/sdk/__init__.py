"""The names, arguments, defaults and results of the vendor's SDK, over the core client."""
