"""The big toe in the picture: how far it turns up about its joint with the foot (first MTP joint).

No pose network knows that joint. On a planted foot the upper edge of the toes is a skyline that turns as one
piece: it is searched along rays about the joint, and the joint lies where such a turn explains the most. The
angle itself is the turn between the straight edge at rest and at the top, which no longer depends on the
joint; the toe's own picture, turned back or up, is asked as a witness. Not here: which test a clip shows
(`recognition.py`), shoes (`footwear.py`).
"""

from dorsi.engine.observe.toe.looks import ToeLooks, ToeWatch
from dorsi.engine.observe.toe.track import follow_toe

__all__ = ["ToeLooks", "ToeWatch", "follow_toe"]
