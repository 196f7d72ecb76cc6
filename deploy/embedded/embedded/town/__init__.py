"""The town of the demo: who lives there, what they write, and how the organisation answers, told through the use cases.

Chance decides everything that varies, and the same seed gives the same town.
"""
