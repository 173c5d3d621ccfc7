-- Lane 4 of `deliveries` is no lane to send from: what lies there is folded into the storm incident of its destination.

-- What was tried and failed, oldest first: how long a destination has not been told.
create index deliveries_tried on deliveries (destination, created_at) where state = 'waiting' and attempts > 0;

-- Which try of a delivery it was. A send in flight counts until its lease is over, and a window after; settled, a window.
alter table sends add column attempt integer not null default 0;

-- Since when the times in the ledger go by the clock as it is: it was set back then.
create index ledger_clock on ledger (id) where kind = 'clock';
