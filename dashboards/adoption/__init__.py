"""Panels of self-service against tickets, cohorts and leaks."""
