"""Simplified Chinese for every text that passes through ``i18n._``."""

MESSAGES: dict[str, str] = {}
