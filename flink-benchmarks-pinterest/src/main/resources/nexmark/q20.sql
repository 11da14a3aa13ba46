-- SPDX-License-Identifier: Apache-2.0
-- The bids for things of category 10, with their auctions.
SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.date_time AS bid_time,
  b.extra AS bid_extra, a.item, a.description, a.first_price, a.reserve,
  a.date_time AS opened, a.expires, a.seller, a.category, a.extra AS auction_extra
FROM bid AS b JOIN auction AS a ON b.auction = a.id
WHERE a.category = 10
