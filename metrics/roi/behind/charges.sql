-- Charges without tax, as in `rows/charges.sql`. Grain: charge.
SELECT
    charge_period_start, service_name, sub_account_id, charge_category, tags, billing_currency, effective_cost,
    billed_cost, consumed_quantity
FROM costs
WHERE coalesce(charge_category, 'Usage') <> 'Tax'
    AND CAST(charge_period_start AS DATE) >= $start AND CAST(charge_period_start AS DATE) < $end
ORDER BY charge_period_start, service_name, tags
