import { SHARED } from '@writ/core';
import { useApi } from '../api/queries.ts';
import { EnvironmentTag } from './tags.tsx';

interface EnvironmentProps {
  readonly connection: string;
  readonly slug: string;
}

/** An environment of a connection, marked where it is protected, as the API has it now. What is `shared` always is. */
export function Environment({ connection, slug }: EnvironmentProps) {
  const { data } = useApi('environments.list', { connection, limit: 1000 });
  const isProtected = slug === SHARED || (data?.items.some((each) => each.slug === slug && each.protected) ?? false);
  return <EnvironmentTag slug={slug} isProtected={isProtected} />;
}
