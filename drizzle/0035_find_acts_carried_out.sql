-- Finds when the same act was carried out last, by an approval of anybody.
create index approvals_used_idx on approvals (organization_id, subject, used_at) where used_at is not null;
