import { SHARED } from '@writ/core';
import { useApi } from '../api/queries.ts';
import { EnvironmentTag } from './tags.tsx';

interface EnvironmentProps {
  readonly connection: string;
  readonly slug: string;
}

/**
 * Tells which environments of a connection are protected, as the API has it now. What is `shared` always is; of one that is not there, or
 * while nothing is read, it is not known.
 */
export function useProtected(connection: string): (slug: string) => boolean | undefined {
  const { data } = useApi('environments.list', { connection, limit: 1000 }, { enabled: connection !== '' });
  return (slug) => slug === SHARED || data?.items.find((each) => each.slug === slug)?.protected;
}

/** An environment of a connection, marked where it is protected. */
export function Environment({ connection, slug }: EnvironmentProps) {
  return <EnvironmentTag slug={slug} isProtected={useProtected(connection)(slug)} />;
}
