"""The ModelArts client, with nothing of Jupyter in it."""
