"""The nouns of a plan: what is paid by whom and when, what is not, what bounds it, and where it came from."""
