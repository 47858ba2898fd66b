"""Who asks: keys from the first source that has some, and the signature made with them."""
