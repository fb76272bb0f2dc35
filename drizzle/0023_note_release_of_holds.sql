-- When a human released a hold: from then on its time runs again.
alter table holds add column released_at timestamp with time zone;
