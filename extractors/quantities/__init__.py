"""Masses and percentages: scan the text, then read bound, movement and context of each number."""
