-- SPDX-License-Identifier: Apache-2.0
-- Which bid wins each auction?
SELECT id, item, description, first_price, reserve, opened, expires, seller, category,
  bidder, price, bid_time, extra
FROM (
  SELECT a.id, a.item, a.description, a.first_price, a.reserve, a.date_time AS opened,
    a.expires, a.seller, a.category, b.bidder, b.price, b.date_time AS bid_time, b.extra,
    ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.date_time ASC) AS place
  FROM auction AS a JOIN bid AS b ON a.id = b.auction
  WHERE b.date_time BETWEEN a.date_time AND a.expires)
WHERE place <= 1
