"""A running TensorBoard: its address, and its page in the notebook."""
