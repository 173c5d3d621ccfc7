-- Lane 4 of `deliveries` is no lane to send from: what lies there is folded into the storm incident of its destination.

-- Since when what is promised fails: its first answer that was none, or no good one.
alter table deliveries add column failing_since integer;
create index deliveries_failing on deliveries (destination, failing_since) where failing_since is not null and state in ('waiting', 'dead');

-- Which try of a delivery it was. A send in flight counts until its lease is over, and a window after; settled, a window.
alter table sends add column attempt integer not null default 0;

-- Since when the times in the ledger go by the clock as it is: it was set back then.
create index ledger_clock on ledger (id) where kind = 'clock';
