"""What a person sees in Jupyter: magics, their results and their completions."""
