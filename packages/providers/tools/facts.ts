/** From the file of an introspection to the facts of the catalog. */
import { sha256Hex } from '@writ/core';
import { buildClientSchema } from 'graphql';
import type { SchemaFacts } from '../src/graphql/catalog.ts';
import { factsOf } from '../src/graphql/live/facts.ts';

/** The facts of the schema in `bytes`, the JSON of an introspection. Throws what `JSON.parse` and graphql-js throw. */
export function schemaFacts(bytes: Uint8Array): SchemaFacts {
  const answer = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  return { source_sha256: sha256Hex(bytes), ...factsOf(buildClientSchema(answer.data ?? answer)) };
}
