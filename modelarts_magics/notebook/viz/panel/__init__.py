"""The panel of visualization jobs: its list, its form, its thread."""
