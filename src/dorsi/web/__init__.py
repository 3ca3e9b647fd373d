"""The pages and the JSON interface that `dorsi serve` offers.

Thin: routes ask the desk and fill templates. Not here: who may do what, jobs, files (`desk`); how reports
look (`pages`).
"""
