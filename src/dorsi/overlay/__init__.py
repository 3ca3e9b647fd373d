"""The annotated video: what was measured, drawn on every frame of the clip.

Not here: measuring, pages (`pages`).
"""
