-- The state after all migrations; written by `python -m warehouse.migrate`.

CREATE TABLE action_runs (
    run_id VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    status VARCHAR NOT NULL,
    team_id VARCHAR,
    service_id VARCHAR,
    approved_at TIMESTAMP,
    finished_at TIMESTAMP,
    dry_run BOOLEAN,
    target VARCHAR,
    url VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE ai_usage (
    team_id VARCHAR NOT NULL,
    "on" DATE NOT NULL,
    tool VARCHAR NOT NULL,
    active_users BIGINT,
    engaged_users BIGINT,
    suggestions BIGINT,
    acceptances BIGINT,
    source VARCHAR NOT NULL
);

CREATE TABLE alerts (
    source VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    told_at TIMESTAMP,
    well_at TIMESTAMP,
    well_told_at TIMESTAMP
);

CREATE TABLE audit_log (
    entry_id VARCHAR NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    person VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    through VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    n_rows BIGINT
);

CREATE TABLE builds (
    build_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    service_id VARCHAR,
    repo_id VARCHAR,
    sha VARCHAR,
    queued_at TIMESTAMP,
    started_at TIMESTAMP,
    finished_at TIMESTAMP,
    job VARCHAR,
    url VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE changes (
    change_id VARCHAR NOT NULL,
    service_id VARCHAR NOT NULL,
    repo_id VARCHAR,
    merge_sha VARCHAR,
    first_commit_at TIMESTAMP,
    first_committed_at TIMESTAMP,
    opened_at TIMESTAMP,
    draft_hours DOUBLE,
    ready_at TIMESTAMP,
    first_review_at TIMESTAMP,
    merged_at TIMESTAMP,
    closed_at TIMESTAMP,
    author VARCHAR,
    is_bot BOOLEAN,
    url VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE check_results (
    version BIGINT NOT NULL,
    check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    n_offending BIGINT NOT NULL,
    sample VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL
);

CREATE TABLE commit_paths (
    repo_id VARCHAR NOT NULL,
    sha VARCHAR NOT NULL,
    service_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

CREATE TABLE commits (
    repo_id VARCHAR NOT NULL,
    sha VARCHAR NOT NULL,
    committed_at TIMESTAMP NOT NULL,
    authored_at TIMESTAMP,
    parents VARCHAR,
    author VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE costs (
    billing_currency VARCHAR NOT NULL,
    charge_period_start TIMESTAMP NOT NULL,
    effective_cost DOUBLE NOT NULL,
    billed_cost DOUBLE,
    service_name VARCHAR,
    tags VARCHAR,
    sub_account_id VARCHAR,
    charge_category VARCHAR,
    consumed_quantity DOUBLE,
    source VARCHAR NOT NULL
);

CREATE TABLE coverage (
    resource VARCHAR NOT NULL,
    from_at TIMESTAMP NOT NULL,
    to_at TIMESTAMP NOT NULL,
    scope_id VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE cursors (
    source VARCHAR NOT NULL,
    resource VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    cursor VARCHAR NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE deployment_changes (
    deployment_id VARCHAR NOT NULL,
    change_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

CREATE TABLE deployment_states (
    deployment_id VARCHAR NOT NULL,
    running_deployment_id VARCHAR,
    is_rollback BOOLEAN,
    is_redeploy BOOLEAN,
    has_graph BOOLEAN NOT NULL
);

CREATE TABLE deployments (
    deployment_id VARCHAR NOT NULL,
    service_id VARCHAR NOT NULL,
    environment VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    sha VARCHAR,
    started_at TIMESTAMP,
    finished_at TIMESTAMP,
    reached_production BOOLEAN,
    trigger VARCHAR,
    is_rollback BOOLEAN,
    is_hotfix BOOLEAN,
    repairs_deployment_id VARCHAR,
    via VARCHAR,
    url VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE digests (
    cadence VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    last_at TIMESTAMP NOT NULL,
    message VARCHAR
);

CREATE TABLE disputed_names (
    kind VARCHAR NOT NULL,
    outside_id VARCHAR NOT NULL,
    says VARCHAR NOT NULL
);

CREATE TABLE environments (
    name VARCHAR NOT NULL,
    is_production BOOLEAN NOT NULL
);

CREATE TABLE goal_entries (
    sequence BIGINT NOT NULL,
    edit_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    target DOUBLE NOT NULL,
    unit VARCHAR NOT NULL,
    metric_version INTEGER NOT NULL,
    due_on DATE NOT NULL,
    owner VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    note VARCHAR
);

CREATE TABLE incidents (
    incident_id VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    service_id VARCHAR,
    detected_at TIMESTAMP,
    resolved_at TIMESTAMP,
    severity VARCHAR,
    cause VARCHAR,
    deployment_id VARCHAR,
    url VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE inputs (
    line_id VARCHAR NOT NULL,
    scope_id VARCHAR,
    from_on DATE,
    to_on DATE,
    quantity DOUBLE,
    unit VARCHAR,
    value DOUBLE,
    source VARCHAR,
    owner VARCHAR,
    loaded_from VARCHAR NOT NULL
);

CREATE TABLE job_runs (
    run_id BIGINT NOT NULL,
    job VARCHAR NOT NULL,
    source VARCHAR,
    status VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    message VARCHAR,
    n_inserted BIGINT,
    n_updated BIGINT,
    n_unchanged BIGINT,
    n_skipped BIGINT,
    n_requests BIGINT
);

CREATE TABLE ledger_entries (
    sequence BIGINT NOT NULL,
    edit_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    low DOUBLE NOT NULL,
    likely DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    unit VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    grade VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    note VARCHAR
);

CREATE TABLE link_changes (
    change_id VARCHAR NOT NULL,
    service_id VARCHAR NOT NULL,
    deployment_id VARCHAR NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE link_incidents (
    incident_id VARCHAR NOT NULL,
    deployment_id VARCHAR,
    method VARCHAR NOT NULL
);

CREATE TABLE mandates (
    team_id VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    from_on DATE,
    source VARCHAR NOT NULL
);

CREATE TABLE overlaid_services (
    service_id VARCHAR NOT NULL,
    name VARCHAR,
    team_id VARCHAR,
    repo_id VARCHAR,
    tier VARCHAR,
    created_at TIMESTAMP,
    from_template VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE overlaid_teams (
    team_id VARCHAR NOT NULL,
    name VARCHAR,
    engineers DOUBLE,
    parent_team_id VARCHAR,
    onboarded_at TIMESTAMP,
    is_platform_team BOOLEAN,
    source VARCHAR NOT NULL
);

CREATE TABLE ownership (
    service_id VARCHAR NOT NULL,
    team_id VARCHAR NOT NULL,
    from_on DATE,
    to_on DATE,
    source VARCHAR NOT NULL
);

CREATE TABLE person_aliases (
    alias VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

CREATE TABLE pseudonym_keys (
    position INTEGER NOT NULL,
    print VARCHAR NOT NULL
);

CREATE TABLE quality_gates (
    service_id VARCHAR NOT NULL,
    gate VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    passed BOOLEAN,
    source VARCHAR NOT NULL
);

CREATE TABLE raw_bodies (
    source VARCHAR NOT NULL,
    resource VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    body BLOB NOT NULL,
    fetched_at TIMESTAMP NOT NULL
);

CREATE TABLE report_lines (
    report_id VARCHAR NOT NULL,
    model_version VARCHAR NOT NULL,
    config_sha256 VARCHAR NOT NULL,
    generated_at TIMESTAMP NOT NULL,
    period VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    scope_type VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    line_name VARCHAR NOT NULL,
    category VARCHAR NOT NULL,
    class VARCHAR NOT NULL,
    in_headline BOOLEAN NOT NULL,
    driver VARCHAR NOT NULL,
    sign INTEGER NOT NULL,
    quantity DOUBLE,
    quantity_unit VARCHAR NOT NULL,
    unit_value DOUBLE,
    unit_value_unit VARCHAR NOT NULL,
    attribution_factor DOUBLE,
    realisation_factor DOUBLE,
    other_factor DOUBLE,
    amount_point DECIMAL(18,2),
    amount_p10 DECIMAL(18,2),
    amount_p50 DECIMAL(18,2),
    amount_p90 DECIMAL(18,2),
    discount_factor DOUBLE,
    amount_pv DECIMAL(18,2),
    evidence_grade VARCHAR NOT NULL,
    n_observations BIGINT,
    data_completeness_pct DOUBLE,
    baseline_period VARCHAR,
    source_systems VARCHAR,
    method_note VARCHAR
);

CREATE TABLE report_summary (
    report_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    metric VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    point DOUBLE,
    p10 DOUBLE,
    p50 DOUBLE,
    p90 DOUBLE,
    unit VARCHAR
);

CREATE TABLE reports (
    report_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    generated_at TIMESTAMP NOT NULL,
    model_version VARCHAR NOT NULL,
    config_sha256 VARCHAR NOT NULL,
    snapshot_version BIGINT NOT NULL,
    seed BIGINT NOT NULL,
    accepted VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    inputs VARCHAR NOT NULL
);

CREATE TABLE schema_migrations (
    number INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    checksum VARCHAR NOT NULL,
    applied_at TIMESTAMP NOT NULL
);

CREATE TABLE service_map (
    source VARCHAR NOT NULL,
    outside_id VARCHAR NOT NULL,
    service_id VARCHAR,
    team_id VARCHAR,
    tier VARCHAR,
    from_at TIMESTAMP,
    to_at TIMESTAMP
);

CREATE TABLE services (
    service_id VARCHAR NOT NULL,
    name VARCHAR,
    team_id VARCHAR,
    repo_id VARCHAR,
    tier VARCHAR,
    created_at TIMESTAMP,
    from_template VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE settings (
    key VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

CREATE TABLE skipped_items (
    source VARCHAR NOT NULL,
    resource VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    skipped_at TIMESTAMP NOT NULL
);

CREATE TABLE slos (
    service_id VARCHAR NOT NULL,
    objective VARCHAR NOT NULL,
    period_start TIMESTAMP NOT NULL,
    good DOUBLE,
    valid DOUBLE,
    source VARCHAR NOT NULL
);

CREATE TABLE snapshot_rows (
    version BIGINT NOT NULL,
    table_name VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    n_rows BIGINT NOT NULL
);

CREATE TABLE snapshots (
    version BIGINT NOT NULL,
    file VARCHAR NOT NULL,
    published_at TIMESTAMP NOT NULL,
    as_of TIMESTAMP NOT NULL
);

CREATE TABLE survey_invitations (
    survey_id VARCHAR NOT NULL,
    invited BIGINT NOT NULL,
    team_id VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE survey_responses (
    response_id VARCHAR NOT NULL,
    survey_id VARCHAR NOT NULL,
    responded_at TIMESTAMP NOT NULL,
    item_id VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    team_id VARCHAR,
    item_version VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE team_map (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    outside_id VARCHAR NOT NULL,
    team_id VARCHAR,
    service_id VARCHAR,
    from_at TIMESTAMP,
    to_at TIMESTAMP
);

CREATE TABLE team_members (
    person VARCHAR NOT NULL,
    team_id VARCHAR NOT NULL,
    from_on DATE,
    to_on DATE,
    source VARCHAR NOT NULL
);

CREATE TABLE teams (
    team_id VARCHAR NOT NULL,
    name VARCHAR,
    engineers DOUBLE,
    parent_team_id VARCHAR,
    onboarded_at TIMESTAMP,
    is_platform_team BOOLEAN,
    source VARCHAR NOT NULL
);

CREATE TABLE ticket_transitions (
    ticket_id VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    from_status VARCHAR,
    to_status VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE tickets (
    ticket_id VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    team_id VARCHAR,
    service_id VARCHAR,
    queue VARCHAR,
    action VARCHAR,
    first_response_at TIMESTAMP,
    resolved_at TIMESTAMP,
    touch_hours DOUBLE,
    status VARCHAR,
    url VARCHAR,
    source VARCHAR NOT NULL
);

CREATE TABLE unmapped_names (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    outside_id VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    n_rows BIGINT NOT NULL,
    share DOUBLE NOT NULL,
    points_to VARCHAR NOT NULL
);

CREATE TABLE worklogs (
    ticket_id VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL,
    hours DOUBLE,
    source VARCHAR NOT NULL
);
