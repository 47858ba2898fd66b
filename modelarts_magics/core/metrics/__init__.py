"""What the lines of a log tell: curves, in bounded memory."""
