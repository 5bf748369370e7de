"""Return on investment: benefits less costs of a quarter, as ranges, from facts and stated assumptions."""
