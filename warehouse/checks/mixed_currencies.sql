-- warn: costs: more than one currency; sums need a table of rates
SELECT billing_currency, count(*) AS n_rows
FROM costs
GROUP BY billing_currency
QUALIFY count(*) OVER () > 1
