"""Pose estimation: one protocol, the MediaPipe backend, and a replay of recorded landmarks.

Not here: which leg is which (`leg.py`) and anything that reads pixels beyond the network.
"""
