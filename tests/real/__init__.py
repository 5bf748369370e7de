"""Payoff against real servers, run by `make test-real`; see the requirements in each module."""
