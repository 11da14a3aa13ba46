-- SPDX-License-Identifier: Apache-2.0
-- Which auctions had the most bids in the last ten seconds? Every two seconds.
WITH counts AS (
  SELECT auction, COUNT(*) AS bids, window_start, window_end
  FROM TABLE(HOP(TABLE bid, DESCRIPTOR(date_time), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end)
SELECT c.auction, c.bids
FROM counts AS c
JOIN (
  SELECT MAX(bids) AS most, window_start, window_end
  FROM counts GROUP BY window_start, window_end) AS m
ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.bids >= m.most
