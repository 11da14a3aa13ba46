-- SPDX-License-Identifier: Apache-2.0
-- How many bids does each auction have each day, and of what price?
SELECT
  auction,
  DATE_FORMAT(date_time, 'yyyy-MM-dd') AS calendar_day,
  COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low,
  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle,
  COUNT(*) FILTER (WHERE price >= 1000000) AS high,
  MIN(price) AS lowest,
  MAX(price) AS highest,
  AVG(price) AS average,
  SUM(price) AS total
FROM bid
GROUP BY auction, DATE_FORMAT(date_time, 'yyyy-MM-dd')
