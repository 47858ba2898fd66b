"""The sub-commands of %ma_viz."""
