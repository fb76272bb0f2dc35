import type { GraphqlCatalog } from '../catalog.ts';
import type { Ask } from '../provider.ts';
import { askFor } from './inventory/ask.ts';
import { SCHEMA } from './questions/schema.ts';

/**
 * Lists what the provider's live schema has that the catalog lacks: `query.x`, `mutation.x`, `Type.field`. Types the catalog does
 * not have are left out: only a new field could lead to them, and that is listed.
 */
export async function schemaNews(ask: Ask, catalog: GraphqlCatalog): Promise<readonly string[]> {
  const { __schema: schema } = await askFor(ask, SCHEMA, {});
  return schema.types.flatMap(({ name, fields }) => {
    const known = name ? knownFields(catalog, name) : undefined;
    if (!name || !known) return [];
    const prefix = { Query: 'query', Mutation: 'mutation' }[name] ?? name;
    return (fields ?? [])
      .filter((field) => !Object.hasOwn(known, field.name))
      .map((field) => `${prefix}.${field.name}`);
  });
}

function knownFields(catalog: GraphqlCatalog, type: string): object | undefined {
  if (type === 'Query') return catalog.queries;
  if (type === 'Mutation') return catalog.mutations;
  return Object.hasOwn(catalog.fields, type) ? catalog.fields[type] : undefined;
}
