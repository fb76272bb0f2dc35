import type { OutputOf } from '@writ/api';
import { type EnvironmentSelector, inertLine, SHARED } from '@writ/core';
import type { Selectors } from '@writ/providers';
import type { Connection, EnvironmentRow } from '@writ/store';
import { environmentOf } from '../live/connections.ts';
import { timeOut } from '../page.ts';

type View = OutputOf<'environments.create'>;

/** An environment as the API shows it. */
export function environmentView(row: EnvironmentRow, selectors: Selectors): View {
  const { id, slug, selector, created_at } = row;
  return {
    id,
    slug,
    kind: environmentOf(row, selectors).kind,
    protected: row.protected,
    selector: selectorOut(selector),
    stands_for: selectors.members(selector).map((member) => inertLine(selectors.shown(member), 300)),
    created_at: timeOut(created_at),
  };
}

/** A selector as the API shows it. */
export function selectorOut(selector: EnvironmentSelector): Record<string, string[]> {
  return Object.fromEntries(Object.entries(selector).map(([name, ids]) => [name, [...ids]]));
}

/** The reserved environment, which every connection has. */
export function sharedView({ id, created_at }: Connection): View {
  return {
    id: `${id}.${SHARED}`,
    slug: SHARED,
    kind: 'protected',
    protected: true,
    selector: null,
    stands_for: ['what lies outside any environment'],
    created_at: timeOut(created_at),
  };
}
