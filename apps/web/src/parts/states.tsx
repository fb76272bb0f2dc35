import { Button, Loader, Skeleton, Title } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '@writ/api';
import { type ReactNode, useState } from 'react';
import { Unreachable } from '../api/client.ts';
import { PasskeyNotUsed } from '../api/passkey.ts';
import { NotProven } from '../api/proof.ts';
import { Id } from './copy.tsx';
import { Inert } from './inert.tsx';
import classes from './states.module.css';

interface EmptyProps {
  readonly title: string;
  /** Why there is nothing, and what comes here. */
  readonly children: ReactNode;
  /** The one next step. */
  readonly action?: ReactNode;
}

/** An empty page: no dead end, but the one next step. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <Title order={2}>{title}</Title>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Whether 300 ms have passed: before that, nothing moves. */
function useSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useTimeout(() => setSlow(true), 300, { autoInvoke: true });
  return slow;
}

/** Stands where a list or a page will be. */
export function Loading({ lines = 4 }: { readonly lines?: number }) {
  const slow = useSlow();
  return (
    <div className={classes.loading} role="status" aria-label="Loading">
      {slow ? Array.from({ length: lines }, (_, line) => <Skeleton key={line} height={18} radius="sm" />) : null}
    </div>
  );
}

/** A small sign that something is under way. */
export function Working({ what }: { readonly what: string }) {
  return useSlow() ? (
    <span className={classes.working} role="status">
      <Loader size={14} /> {what}
    </span>
  ) : null;
}

/**
 * What went wrong, in the broker's own sentence, with the request's id for its log, and a way to try again. Nothing where nothing
 * went wrong, and for a person who went back: nothing was sent.
 */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  if (!error || error instanceof NotProven) return null;
  return (
    <div className={classes.failure} role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div>
        <p>
          <Inert text={sentenceOf(error)} />
        </p>
        {error instanceof ApiError && error.request_id !== undefined ? (
          <p className={classes.small}>
            Request <Id id={error.request_id} what="the request's id" />
          </p>
        ) : null}
        {retry ? (
          <Button variant="default" size="xs" onClick={retry}>
            Try again
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** An error in words for people. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Unreachable) return 'Writ does not answer. This page tries again by itself.';
  if (error instanceof ApiError) {
    const wait = error.retry_after;
    return wait === undefined ? error.message : `${error.message} Try again in ${wait} s.`;
  }
  if (error instanceof PasskeyNotUsed) return error.message;
  return 'Something went wrong in this page. Reload it; if it happens again, tell whoever runs Writ.';
}

/** What waits for an answer of the API, and what is shown of it. */
export interface ReadyProps<T> {
  readonly query: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly children: (data: T) => ReactNode;
}

/** The failure alone, for what a page can be shown without. */
export function Failed({ query: { data, error, refetch } }: Pick<ReadyProps<unknown>, 'query'>) {
  return data === undefined && error ? <Failure error={error} retry={() => void refetch()} /> : null;
}

/** Shows an answer of the API: loading, failed, or there. What was there stays while it is read again. */
export function Ready<T>({ query, children }: ReadyProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed query={query} />;
  return <Loading />;
}
