-- Finds what a client was refused of late.
create index audit_events_refused_idx on audit_events (organization_id, client_id, at)
  where kind = any (array['request.refused', 'token.refused']);
