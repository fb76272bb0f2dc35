-- Keys that outlive the key-encryption key they were derived from, sealed with the one that took its place.
create table kept_keys (
  organization_id text not null,
  kek_id text not null,
  purpose text not null,
  sealed jsonb not null,
  kept_at timestamp with time zone not null,
  constraint kept_keys_pkey primary key (organization_id, kek_id, purpose)
);
