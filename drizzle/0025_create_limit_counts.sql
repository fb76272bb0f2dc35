-- What a client has used of the limits of its grants: by what a limit means and by period, not by grant, so that editing one keeps it.
create table limit_counts (
  organization_id text not null,
  client_id text not null,
  limit_key text not null,
  period text not null,
  used bigint not null,
  ends_at timestamp with time zone,
  constraint limit_counts_pkey primary key (organization_id, client_id, limit_key, period)
);
create index limit_counts_end_idx on limit_counts (organization_id, ends_at);
