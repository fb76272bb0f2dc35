-- Records a batch of the log in one statement: takes the lock of the head, and only where the head and the epochs are as the writer
-- relied on them writes tokens, events and the new head. Answers whether it did.
--
-- At READ COMMITTED each statement of the body sees what was committed before that statement began, so the epochs are read as they
-- are under the lock. `locked_in`: the transaction in which the writer has locked the head and compared the epochs before; it must be
-- this one. Null: nothing was looked at, and `relied` are the epochs to compare, one in a line as scope, subject and epoch. Each column
-- of all events is one text, a line a row, for the server reads that twice as fast as JSON.
create function record_audit_batch(
  organization text, locked_in text, before_seq bigint, before_hash text, after_seq bigint, after_hash text,
  relied text, new_tasks text, new_tokens text,
  events text, hashes text, prev_hashes text, moments text, kinds text, actors text, clients text, tasks_of text, connections_of text,
  operation_lists text, results text, request_ids text
) returns boolean language plpgsql as $$
declare
  head record;
  written bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the log is written at read committed' using errcode = 'invalid_transaction_state';
  end if;
  -- The writer has given up by then, and looks at what it left behind: nothing of it may be written later.
  perform set_config('lock_timeout', '9s', true);
  select seq, hash into head from audit_head where organization_id = organization for update;
  if locked_in is not null and locked_in <> pg_current_xact_id()::text then
    raise exception 'the transaction that locked the head is over' using errcode = 'serialization_failure';
  end if;
  if head.seq is distinct from before_seq or head.hash is distinct from before_hash then
    if locked_in is not null then
      raise exception 'the log does not end where its lock was taken' using errcode = 'serialization_failure';
    end if;
    return false;
  end if;
  if locked_in is null and exists (
    select from unnest(string_to_array(relied, E'\n')) as r(line)
    left join epochs e on e.organization_id = organization
      and e.scope = split_part(r.line, E'\x02', 1) and e.subject = split_part(r.line, E'\x02', 2)
    where coalesce(e.epoch, 0) <> split_part(r.line, E'\x02', 3)::bigint
  ) then
    return false;
  end if;
  if new_tasks is not null then
    insert into tasks (organization_id, id, client_id, purpose, created_at, last_token_at, ends_at)
    select * from json_to_recordset(new_tasks::json) as r(organization_id text, id text, client_id text, purpose text,
      created_at timestamp with time zone, last_token_at timestamp with time zone, ends_at timestamp with time zone);
  end if;
  if new_tokens is not null then
    insert into tokens (organization_id, jti, client_id, task_id, kid, aud, issued_at, expires_at, details, parent_jti, act_chain,
      cnf)
    select * from json_to_recordset(new_tokens::json) as r(organization_id text, jti text, client_id text, task_id text, kid text,
      aud text, issued_at timestamp with time zone, expires_at timestamp with time zone, details jsonb, parent_jti text,
      act_chain jsonb, cnf jsonb);
  end if;
  update audit_head set seq = after_seq, hash = after_hash where organization_id = organization;
  insert into audit_events (organization_id, seq, event, hash, prev_hash, at, kind, actor, client_id, task_id, connection,
    operations, result, request_id)
  select organization, before_seq + r.number, r.event, r.hash, r.prev_hash, r.at::timestamp with time zone, r.kind, r.actor,
    r.client_id, r.task_id, r.connection, string_to_array(r.operations, E'\x02'), r.result, r.request_id
  from unnest(
    string_to_array(events, E'\n', E'\x01'), string_to_array(hashes, E'\n', E'\x01'),
    string_to_array(prev_hashes, E'\n', E'\x01'), string_to_array(moments, E'\n', E'\x01'),
    string_to_array(kinds, E'\n', E'\x01'), string_to_array(actors, E'\n', E'\x01'),
    string_to_array(clients, E'\n', E'\x01'), string_to_array(tasks_of, E'\n', E'\x01'),
    string_to_array(connections_of, E'\n', E'\x01'), string_to_array(operation_lists, E'\n', E'\x01'),
    string_to_array(results, E'\n', E'\x01'), string_to_array(request_ids, E'\n', E'\x01')
  ) with ordinality as r(event, hash, prev_hash, at, kind, actor, client_id, task_id, connection, operations, result, request_id,
    number);
  get diagnostics written = row_count;
  if written <> after_seq - before_seq then
    raise exception '% events were written instead of %', written, after_seq - before_seq using errcode = 'serialization_failure';
  end if;
  return true;
end $$;
