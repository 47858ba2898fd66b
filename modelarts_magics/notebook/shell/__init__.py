"""The magics: their lines, their completion, and what they share in one shell."""
