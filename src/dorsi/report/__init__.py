"""What a person or a program gets: the report model, the page, the table and the annotated video.

Not here: measuring, judging (`rules`) and where files land (`output.py`).
"""
