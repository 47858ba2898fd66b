"""The scalars of a training, from the event files that it writes."""
