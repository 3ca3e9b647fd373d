"""Drills with their doses and sources, and the short plan that follows from findings.

Not here: the findings (`rules/`).
"""

from dorsi.plan.book import Books, Drill, DrillBook, Need, load_books, load_drills
from dorsi.plan.engine import plan_for, safety_note, stopped_plan
from dorsi.plan.limits import sore_places
from dorsi.plan.model import Plan, PlanItem, SafetyNote, StageNote, Withheld
from dorsi.plan.words import dose_in_words

__all__ = [
    "Books", "Drill", "DrillBook", "Need", "Plan", "PlanItem", "SafetyNote", "StageNote", "Withheld",
    "dose_in_words", "load_books", "load_drills", "plan_for", "safety_note", "sore_places",
    "stopped_plan",
]  # fmt: skip
