"""Sources, fetching, raw archive, store, timeline and the command line."""
