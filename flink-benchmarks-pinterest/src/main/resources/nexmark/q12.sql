-- SPDX-License-Identifier: Apache-2.0
-- How many bids does each person make in ten seconds of processing time?
SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM TABLE(
  TUMBLE(
    TABLE bid_with_processing_time, DESCRIPTOR(processing_time), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end
