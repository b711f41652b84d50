"""The command line: `reeline`. Data goes to stdout, messages to stderr."""
