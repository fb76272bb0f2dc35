-- When Writ is to make its next backup, and what became of the last one. Whoever moves next_at ahead makes it.
create table backup_schedule (
  organization_id text not null,
  next_at timestamp with time zone not null,
  made_at timestamp with time zone,
  file text,
  bytes bigint,
  same_disk boolean,
  failure text,
  constraint backup_schedule_pkey primary key (organization_id),
  constraint backup_schedule_organization_fkey foreign key (organization_id)
    references organizations (organization_id)
);
