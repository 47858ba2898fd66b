"""Who may call: keys, tokens, and the identity service that hands them out."""
