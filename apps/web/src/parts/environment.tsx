import { SHARED } from '@writ/core';
import { useApi } from '../api/queries.ts';
import { EnvironmentTag } from './tags.tsx';

interface EnvironmentProps {
  readonly connection: string;
  readonly slug: string;
}

/**
 * An environment of a connection, marked where it is protected, as the API has it now. What is `shared` always is; of one that is not there,
 * or while nothing is read, it is not known.
 */
export function Environment({ connection, slug }: EnvironmentProps) {
  const { data } = useApi('environments.list', { connection, limit: 1000 });
  const isProtected = slug === SHARED || data?.items.find((each) => each.slug === slug)?.protected;
  return <EnvironmentTag slug={slug} isProtected={isProtected} />;
}
