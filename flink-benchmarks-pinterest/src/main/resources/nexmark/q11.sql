-- SPDX-License-Identifier: Apache-2.0
-- How many bids does each person make in a session, which ends with ten seconds without one?
SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM TABLE(
  SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(date_time), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end
