"""A mailbox for development: takes every mail, sends none on, and shows them to people and to tests.

Its API is the part of Mailpit's that reading mail needs, so the same tests read either.
"""
