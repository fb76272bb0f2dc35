-- Finds events of an operation: those whose first one it is, and those of several, which are looked through. And events that tell of an operation
-- with one of the rarer effects; in a text of an entry the quotation marks are escaped, so no text can look like it.
create index audit_events_operation_idx on audit_events (organization_id, (operations[1]), seq) where operations is not null;
create index audit_events_several_idx on audit_events (organization_id, seq) where cardinality(operations) > 1;
create index audit_events_reveal_idx on audit_events (organization_id, seq) where strpos(event, '"effect":"reveal"') > 0;
create index audit_events_execute_idx on audit_events (organization_id, seq) where strpos(event, '"effect":"execute"') > 0;
create index audit_events_destroy_idx on audit_events (organization_id, seq) where strpos(event, '"effect":"destroy"') > 0;
create index audit_events_escalate_idx on audit_events (organization_id, seq) where strpos(event, '"effect":"escalate"') > 0;
