-- Brokers that run, or died. All that one allowed up to settled_seq of the log has its recorded end.
create table brokers (
  organization_id text not null,
  id text not null,
  seen_at timestamp with time zone not null,
  settled_seq bigint not null,
  constraint brokers_pkey primary key (organization_id, id),
  constraint brokers_organization_fkey foreign key (organization_id)
    references organizations (organization_id)
);
