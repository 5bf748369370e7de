-- Who took which figures along and who changed what. Rows are appended and never changed, but for pseudonyms
-- under a new key and people who are forgotten.
CREATE TABLE audit_log (
    entry_id VARCHAR NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    person VARCHAR NOT NULL, -- a pseudonym
    role VARCHAR NOT NULL, -- viewer, platform, admin; empty: a token of the configuration
    through VARCHAR NOT NULL, -- page, api
    action VARCHAR NOT NULL, -- export, deploy, goal, ledger
    subject VARCHAR NOT NULL, -- the file or the thing
    detail VARCHAR NOT NULL, -- its window and filter
    n_rows BIGINT
);
