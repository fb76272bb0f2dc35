-- What else than a password proves who somebody is: public keys, whose other halves never leave the people's own devices.
create table passkeys (
  organization_id text not null,
  id text not null,
  user_id text not null,
  name text not null,
  credential_id text not null,
  public_key bytea not null,
  -- How often it was used, as the device counts: it goes up, or stays 0.
  counter bigint not null,
  transports text[] not null,
  -- The host name that it is good for.
  rp_id text not null,
  backed_up boolean not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint passkeys_pkey primary key (organization_id, id),
  constraint passkeys_user_fkey foreign key (organization_id, user_id) references users (organization_id, id)
    on delete cascade
);
create unique index passkeys_credential_key on passkeys (organization_id, credential_id);
create index passkeys_user_idx on passkeys (organization_id, user_id, id);
