-- What people call a grant, and when a call that it covers was last let through, to the hour.
alter table grants add column name text;
alter table grants add column last_used_at timestamp with time zone;
create index grants_standing_idx on grants (organization_id, id) where revoked_at is null;
