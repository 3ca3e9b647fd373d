"""Clips in and out through PyAV: probe, stream upright frames with true times, write H.264.

Frames are delivered one by one and never kept. Not here: anything that knows what is in the picture.
"""

from dorsi.video.probing import probe
from dorsi.video.reading import FrameReader
from dorsi.video.writing import VideoWriter

__all__ = ["FrameReader", "VideoWriter", "probe"]
