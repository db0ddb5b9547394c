"""How mails look and how they leave: one folder per mail (templates and the function of its context), and SMTP."""
