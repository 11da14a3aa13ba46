-- SPDX-License-Identifier: Apache-2.0
--
-- The ten origins with the largest mean delay, from at least 1,000 flights each, as a changelog.
--
-- The SQL client has no variables: replace the two placeholders for paths in a copy, with sed, and
-- run the copy with `sql-client.sh -f`. See ../README.md.
--
-- The final table is the same in each run: the division is exact to ten decimals, far more than
-- decides how the mean rounds to two, and origins with the same mean are ordered by name. The
-- lengths of the strings are the widths of the printed columns.

SET 'execution.runtime-mode' = 'streaming';
SET 'sql-client.execution.result-mode' = 'tableau';
SET 'table.display.max-column-width' = '64';
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1 s';
SET 'table.exec.mini-batch.size' = '5000';
SET 'pipeline.name' = 'delayed-origins';

CREATE TABLE flights (
    departure TIMESTAMP(0),
    delay INT,
    distance INT,
    origin VARCHAR(4),
    destination VARCHAR(4)
) WITH (
    'connector' = 'filesystem',
    'path' = '${FLIGHTS}',
    'format' = 'csv'
);

CREATE TABLE airports (
    iata VARCHAR(4),
    name VARCHAR(48),
    city VARCHAR(40),
    state VARCHAR(2),
    country VARCHAR(40),
    latitude DOUBLE,
    longitude DOUBLE
) WITH (
    'connector' = 'filesystem',
    'path' = '${AIRPORTS}',
    'format' = 'csv'
);

SELECT place, origin, airport, city, flights, mean_delay
FROM (
    SELECT ROW_NUMBER() OVER (ORDER BY mean_delay DESC, origin) AS place,
           origin, airports.name AS airport, airports.city AS city, flights, mean_delay
    FROM (
        SELECT origin,
               COUNT(*) AS flights,
               CAST(CAST(SUM(delay) AS DECIMAL(12, 0)) / CAST(COUNT(*) AS DECIMAL(9, 0))
                   AS DECIMAL(10, 2)) AS mean_delay
        FROM flights
        GROUP BY origin
        HAVING COUNT(*) >= 1000
    ) AS delayed
    JOIN airports ON delayed.origin = airports.iata
)
WHERE place <= 10;
