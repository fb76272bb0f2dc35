import type { OutputOf } from '@writ/api';
import { DEFAULT_TOKEN_LIFE, grantScopeSchema } from '@writ/core';
import type { Grant } from '@writ/store';
import { timeOrNull, timeOut } from '../page.ts';

/** A grant as the API shows it. */
export function grantView(grant: Grant): OutputOf<'grants.get'> {
  return {
    ...grantScopeSchema.parse(grant.scope),
    id: grant.id,
    client_id: grant.client_id,
    name: grant.name,
    max_ttl_seconds: grant.max_ttl_seconds ?? DEFAULT_TOKEN_LIFE,
    expires_at: timeOrNull(grant.expires_at),
    note: grant.note,
    created_by: grant.created_by,
    created_at: timeOut(grant.created_at),
    updated_at: timeOut(grant.updated_at),
    last_used_at: timeOrNull(grant.last_used_at),
  };
}
