-- Keys by id and state; what is private in them is sealed.
create table signing_keys (
  organization_id text not null,
  kid text not null,
  alg text not null,
  state text not null,
  public_jwk jsonb not null,
  sealed_private jsonb,
  created_at timestamp with time zone not null,
  activated_at timestamp with time zone,
  retired_at timestamp with time zone,
  constraint signing_keys_pkey primary key (organization_id, kid)
);
create unique index signing_keys_active_key on signing_keys (organization_id)
  where state = 'active';
create index signing_keys_state_idx on signing_keys (organization_id, state);

create table vault_keys (
  organization_id text not null,
  kek_id text not null,
  created_at timestamp with time zone not null,
  replaced_at timestamp with time zone,
  constraint vault_keys_pkey primary key (organization_id, kek_id)
);
create unique index vault_keys_current_key on vault_keys (organization_id)
  where replaced_at is null;
