import type { OutputOf } from '@writ/api';
import { type EnvironmentSelector, SHARED } from '@writ/core';
import type { Connection, EnvironmentRow } from '@writ/store';
import { environmentOf } from '../live/connections.ts';
import { timeOut } from '../page.ts';

type View = OutputOf<'environments.create'>;

/** An environment as the API shows it. */
export function environmentView(row: EnvironmentRow): View {
  const { id, slug, created_at } = row;
  return {
    id,
    slug,
    kind: environmentOf(row).kind,
    protected: row.protected,
    selector: selectorOut(row.selector),
    created_at: timeOut(created_at),
  };
}

/** The reserved environment, which every connection has. */
export function sharedView({ id, created_at }: Connection): View {
  return {
    id: `${id}.${SHARED}`,
    slug: SHARED,
    kind: 'protected',
    protected: true,
    selector: null,
    created_at: timeOut(created_at),
  };
}

function selectorOut(selector: EnvironmentSelector): EnvironmentSelector {
  return 'environment_ids' in selector
    ? { environment_ids: [...selector.environment_ids] }
    : { ephemeral_of: [...selector.ephemeral_of] };
}
