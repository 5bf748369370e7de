"""Charges in the one currency of the report."""

import pandas as pd

from metrics.roi.errors import CurrencyError
from metrics.roi.facts import QuarterFacts

_MONEY = ("effective_cost", "billed_cost")


def charges_of(facts: QuarterFacts, frame: pd.DataFrame) -> pd.DataFrame:
    """The charges, their costs converted by the stated rates.

    Raises
    ------
    CurrencyError : there is a currency without a rate; amounts of different money are never added.
    """
    rates = {facts.facts.currency: 1.0, **facts.facts.config.exchange_rates}
    strange = sorted(set(frame["currency"].dropna()) - set(rates))
    if strange:
        raise CurrencyError(
            f"costs: charges in {', '.join(strange)}, but the report is in {facts.facts.currency}. Give a "
            f"rate under roi.exchange_rates, such as {{{strange[0]}: 0.92}}, or leave them out at the source."
        )
    rate = frame["currency"].map(rates).astype(float)
    return frame.assign(**{column: frame[column].astype(float) * rate for column in _MONEY})
