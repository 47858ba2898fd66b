"""What ModelArts serves: one package for each generation of its API, and what both share."""
