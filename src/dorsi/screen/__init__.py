"""Several clips and answers of one person as one result: the screen.

Not here: measuring a clip (`pipeline.py`), thresholds (`rules`), drills (`plan`), where files land
(`output.py`).
"""
