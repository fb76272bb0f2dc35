-- Finds what a client renamed of late: a call that gives new names says so in its entry, as `"renames":[{...}]`. In a text of an entry the
-- quotation marks are escaped, so no text can look like it. Each event that is written is searched for it: strpos is quick at that.
create index audit_events_renames_idx on audit_events (organization_id, client_id, at) where strpos(event, '"renames":[{') > 0;
