"""Invented rows in great numbers, to measure with. Nothing here speaks for the rules."""
