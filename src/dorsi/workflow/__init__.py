"""The service layer: measure a clip, screen a person, and lay the results down whole.

Not here: words about options and exit codes (`cli`).
"""
