"""How mails look and how they leave.

One folder per mail (templates and the function of its context), and SMTP.
"""
