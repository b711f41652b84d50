"""Notebooks that come with reeline: Python files, run by `reeline notebook`."""
