"""What the Makefile calls: set-up, run, services for tests, lint, doctor.

Standard library only, and nothing of Django at import: these modules run before there is a virtual
environment, and the set-up among them under any Python 3, if only to say which one is needed.
"""
