-- SPDX-License-Identifier: Apache-2.0
-- Only what SQLite and PostgreSQL both understand. Times are milliseconds since 1970, UTC.

CREATE TABLE instance (
    id TEXT PRIMARY KEY
);

CREATE TABLE cluster (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE artifact (
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE job (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    generation BIGINT NOT NULL,
    desired TEXT NOT NULL,
    stable_revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, name)
);

-- What a job is. A row never changes.
CREATE TABLE revision (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (namespace, name, number)
);

-- The starts of a job. The index is the promise of the service: never two of one.
CREATE TABLE deployment (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    cluster TEXT NOT NULL,
    run_id TEXT NOT NULL,
    restore_path TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_state TEXT,
    cause TEXT NOT NULL,
    final_state TEXT NOT NULL,
    seen_state TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    seen_detail TEXT NOT NULL,
    restarts BIGINT NOT NULL,
    checkpoint_path TEXT NOT NULL,
    checkpoint_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, name, epoch)
);

CREATE UNIQUE INDEX deployment_one_live ON deployment (namespace, name) WHERE ended_at IS NULL;

CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    body TEXT NOT NULL
);

CREATE UNIQUE INDEX operation_one_open ON operation (namespace, name) WHERE closed_at IS NULL;
CREATE INDEX operation_of_job ON operation (namespace, name, id);

-- What was observed and done, in the order of the versions of the operation.
CREATE TABLE step (
    operation TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    note TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (operation, version)
);

CREATE TABLE savepoint (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    path TEXT NOT NULL,
    operation TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (namespace, name, path)
);

CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    request_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    operation TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (principal, request_key)
);

CREATE TABLE token (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    namespace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Append only: each row has the hash of the row before it and of itself.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
