"""How results are shown: every HTML page and SVG plot that Dorsi writes, with their templates and style.

Not here: the documents that are shown (`report`, `screen`, `progress`), the annotated video (`overlay`).
"""
