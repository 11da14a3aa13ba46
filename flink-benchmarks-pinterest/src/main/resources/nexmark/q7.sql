-- SPDX-License-Identifier: Apache-2.0
-- Which bids were the highest of their ten seconds?
SELECT b.auction, b.price, b.bidder, b.date_time, b.extra
FROM bid AS b
JOIN (
  SELECT MAX(price) AS highest, window_start, window_end
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(date_time), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end) AS w
ON b.price = w.highest
WHERE b.date_time >= w.window_start AND b.date_time < w.window_end
