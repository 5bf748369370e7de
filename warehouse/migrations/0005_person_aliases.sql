-- Pseudonyms of one person, where a tool states that the address beside a login is verified.

CREATE TABLE person_aliases (
    alias VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);

-- Which keys the stored pseudonyms were made with, in order, by a print of each that does not tell the key.

CREATE TABLE pseudonym_keys (
    position INTEGER NOT NULL,
    print VARCHAR NOT NULL
);
