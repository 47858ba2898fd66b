"""Texts for people in other languages than English."""
