-- SPDX-License-Identifier: Apache-2.0
-- A savepoint leaves the catalogue (expired_at) before its files go (deleted_at).

ALTER TABLE savepoint ADD COLUMN expired_at BIGINT;
