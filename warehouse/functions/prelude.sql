-- The functions that metrics use and engines spell differently. They are stored in every snapshot, so
-- that any client of the file can run the SQL of a metric as it stands.

-- Which scope a row belongs to: its service, its team, or the whole organisation.
CREATE OR REPLACE MACRO marts.scope_of(by_, service_id, team_id) AS
    CASE by_ WHEN 'service' THEN service_id WHEN 'team' THEN team_id ELSE 'organisation' END;

-- The same for what teams ask for: the team, the self-service action, both, or the whole organisation.
CREATE OR REPLACE MACRO marts.request_scope(by_, team_id, action_) AS
    CASE by_ WHEN 'team' THEN team_id WHEN 'action' THEN action_ WHEN 'team and action' THEN team_id || chr(31) || action_
        ELSE 'organisation' END;

-- The first day of the period that a day lies in; quarters begin with the configured month.
CREATE OR REPLACE MACRO marts.period_of(day_, period_, start_) AS CAST(
    CASE period_
        WHEN 'week' THEN date_trunc('week', day_)
        WHEN 'month' THEN date_trunc('month', day_)
        WHEN 'quarter' THEN date_trunc('quarter', day_ - to_months({quarter_shift})) + to_months({quarter_shift})
        ELSE start_
    END AS DATE);

-- The day as many months later; in a shorter month its last day.
CREATE OR REPLACE MACRO marts.months_later(day_, months_) AS CAST(day_ + to_months(months_) AS DATE);

-- A filter that was not given lets everything through.
CREATE OR REPLACE MACRO marts.in_scope(service_id, team_id, tier, services_, teams_, tiers_) AS
    (services_ IS NULL OR list_contains(services_, service_id))
    AND (teams_ IS NULL OR list_contains(teams_, team_id))
    AND (tiers_ IS NULL OR list_contains(tiers_, tier));

CREATE OR REPLACE MACRO marts.in_actions(action_, actions_) AS
    actions_ IS NULL OR coalesce(list_contains(actions_, action_), FALSE);

-- The known values of a group in ascending order; quantiles and their intervals are read from it.
CREATE OR REPLACE MACRO marts.sorted_values(x) AS list_sort(list(x) FILTER (WHERE x IS NOT NULL));

-- The value of a tag of a charge; NULL where there is none, or where the tags are no JSON.
CREATE OR REPLACE MACRO marts.tag_of(tags, name_) AS
    CASE WHEN json_valid(tags) THEN nullif(json_extract_string(tags, '$."' || name_ || '"'), '') END;
