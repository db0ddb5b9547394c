"""The rules of check-ins: dataclasses and pure functions.

Nothing here can fail for a reason outside the rules.
"""
