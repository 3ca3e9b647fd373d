"""Accuracy and speed of Dorsi, one command each: `python -m bench.accuracy`, `python -m bench.speed`."""
