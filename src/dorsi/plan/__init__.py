"""Drills with their doses and sources, and the short plan that follows from findings.

Not here: the findings (`rules/`).
"""

from dorsi.plan.book import Drill, Need, load_drills
from dorsi.plan.engine import Plan, PlanItem, plan_for

__all__ = ["Drill", "Need", "Plan", "PlanItem", "load_drills", "plan_for"]
