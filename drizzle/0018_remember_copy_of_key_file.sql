-- What a person answered to the question whether a copy of the key file lies on another machine; null until somebody answers.
alter table vault_keys
  add column copy_kept boolean,
  add column copy_answered_at timestamp with time zone,
  add column copy_answered_by text;
