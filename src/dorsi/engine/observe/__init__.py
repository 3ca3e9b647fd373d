"""The storey that looks at pixels: poses, the leg under test, its outline, foot, toe, and the camera.

Not here: numbers of a report and whether a clip supports them (`engine.conclude`).
"""
