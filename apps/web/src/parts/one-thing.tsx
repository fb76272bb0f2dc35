import { ApiError } from '@writ/api';
import type { ReactNode } from 'react';
import { Inert } from './inert.tsx';
import { ButtonLink, TextLink } from './link.tsx';
import { Page } from './page.tsx';
import { Empty, Ready } from './states.tsx';

/** How the pages are called in the frame. */
const PLACES = {
  '/approvals': 'Inbox',
  '/clients': 'Clients',
  '/connections': 'Connections',
  '/grants': 'Grants',
  '/tasks': 'Tasks',
} as const;

interface OneThingProps<T> {
  /** What it is, in the singular: `client`. */
  readonly thing: string;
  readonly id: string;
  /** Where all of them are. */
  readonly to: keyof typeof PLACES;
  readonly query: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown };
  /** Its page, once it is there. */
  readonly children: (data: T) => ReactNode;
}

/** The page of one thing: a page with its name already while it is read or cannot be, and with the way back where there is none. */
export function OneThing<T>({ thing, id, to, query, children }: OneThingProps<T>) {
  const isGone = query.error instanceof ApiError && query.error.status === 404;
  if (query.data !== undefined && !isGone) return children(query.data);
  const place = PLACES[to];
  return (
    <Page title={id} above={<TextLink to={to}>{place}</TextLink>}>
      {isGone ? (
        <Empty title={`There is no such ${thing}`} action={<ButtonLink to={to}>Go to {place}</ButtonLink>}>
          <Inert text={id} /> was deleted, or never was. The audit log tells what became of it.
        </Empty>
      ) : (
        <Ready query={query}>{() => null}</Ready>
      )}
    </Page>
  );
}
