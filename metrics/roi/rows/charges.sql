-- Charges without tax, credits among them, by the team in their tags, else by the owner of the service there.
-- A charge is dated by the UTC day on which its period begins, as FOCUS has it.
-- Grain: period_start, team_id, product, currency.
WITH charges AS (
    SELECT
        CAST(charge_period_start AS DATE) AS day, charge_period_start AS charged_at,
        tag_of(tags, $team_tag) AS team_tag, tag_of(tags, $service_tag) AS service_tag,
        service_name, billing_currency, effective_cost, billed_cost, consumed_quantity
    FROM costs
    WHERE coalesce(charge_category, 'Usage') <> 'Tax'
)
SELECT
    period_of(c.day, $period, $start) AS period_start,
    coalesce(c.team_tag, m.team_id, 'unassigned') AS team_id,
    coalesce(c.service_name, '') AS product,
    c.billing_currency AS currency,
    count(*) AS n,
    sum(c.effective_cost) AS effective_cost,
    sum(c.billed_cost) AS billed_cost,
    sum(c.consumed_quantity) AS consumed_quantity
FROM charges c
-- A service has one owner at a time, so this cannot multiply charges.
LEFT JOIN service_map m
    ON m.source = '*' AND m.outside_id = c.service_tag
    AND (m.from_at IS NULL OR c.charged_at >= m.from_at)
    AND (m.to_at IS NULL OR c.charged_at < m.to_at)
WHERE c.day >= $start AND c.day < $end
GROUP BY ALL
