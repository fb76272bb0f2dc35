-- What was removed from the beginning of the audit log, and which checkpoints have left the broker: nothing beyond the last is removed.
create table audit_prunes (
  organization_id text not null,
  last_seq bigint not null,
  first_seq bigint not null,
  pruned_by text not null,
  pruned_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint audit_prunes_pkey primary key (organization_id, last_seq)
);

alter table audit_checkpoints add column exported_at timestamp with time zone;
