"""The engine: from a clip to numbers with their ±, in two storeys.

`observe` looks at pixels and gives evidence; `conclude` is arithmetic on it and gives numbers. Not here:
what a number means (`rules`), how it is told (`report`, `pages`).
"""
