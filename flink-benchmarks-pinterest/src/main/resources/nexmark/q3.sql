-- SPDX-License-Identifier: Apache-2.0
-- Who sells things of category 10 in three states?
SELECT p.name, p.city, p.state, a.id
FROM auction AS a JOIN person AS p ON a.seller = p.id
WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')
