"""What every live panel has: a thread, outputs, an end."""
