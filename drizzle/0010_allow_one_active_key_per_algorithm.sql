-- RS256 is a second key set: one key signs in each.
drop index signing_keys_active_key;
create unique index signing_keys_active_key on signing_keys (organization_id, alg)
  where state = 'active';
