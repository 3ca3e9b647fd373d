"""The storey of arithmetic: curves, repetitions, numbers with their ±, and the judgement whether they hold.

Nothing here touches a picture. Not here: looking at pixels (`engine.observe`).
"""
