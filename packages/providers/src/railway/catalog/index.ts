/**
 * Railway's catalog: the schema's facts and the review of every operation and field in them.
 * Data only. It must never take a default for what nobody reviewed: what is not in it is unknown, and refused.
 */
import { digestOf } from '@writ/core';
import type { GraphqlCatalog, SchemaFacts } from '../../graphql/catalog.ts';
import { bare } from './bare.ts';
import { fields } from './fields/index.ts';
import { mutations } from './mutations/index.ts';
import { queries } from './queries/index.ts';
import facts from './schema.generated.json' with { type: 'json' };

const schema: SchemaFacts = facts;
const plain_scalars = ['BigInt', 'DateTime'];
const directory_fields = ['createdAt', 'isEphemeral', 'projectId'];
const parts = { schema, queries, mutations, fields, plain_scalars, directory_fields };

/**
 * Railway's whole catalog. No record in it has a prototype, so that `constructor` is as absent as any other name that is not there.
 * Nothing in it can be changed.
 */
export const railwayCatalog: GraphqlCatalog = bare({
  ...parts,
  version: digestOf(parts),
});
