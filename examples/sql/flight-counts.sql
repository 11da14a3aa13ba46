-- SPDX-License-Identifier: Apache-2.0
--
-- Flights and the sum of their delays by origin, at the end of the input. Whether that is a Kafka
-- topic, its archive or files is configuration: see ../README.md.

SET 'execution.runtime-mode' = 'batch';
SET 'sql-client.execution.result-mode' = 'tableau';
SET 'pipeline.name' = 'flight-counts';

CREATE TABLE flights (
    departure TIMESTAMP(0),
    delay INT,
    distance INT,
    origin VARCHAR(4),
    destination VARCHAR(4)
) WITH (
    'connector' = 'tiered-kafka',
    'topic' = 'flights',
    'properties.bootstrap.servers' = 'localhost:9092',
    'scan.startup.mode' = 'earliest-offset',
    'scan.bounded.mode' = 'latest-offset',
    'format' = 'csv'
);

SELECT origin, COUNT(*) AS flights, SUM(delay) AS delays
FROM flights
GROUP BY origin
ORDER BY origin;
