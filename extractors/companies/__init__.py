"""Companies of a text: known names, names by form and context, and their short forms."""
