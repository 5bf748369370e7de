"""Panels of money: value, costs, ranges, ledger and report."""
