-- When people were reminded of what is about to expire: once for each.
alter table approvals add column reminded_at timestamp with time zone;
alter table holds add column reminded_at timestamp with time zone;
