import { canonicalJson, inertLine, type JsonObject, sha256Hex, WritError } from '@writ/core';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, validateSchema } from 'graphql';
import { z } from 'zod';
import type { LiveSchema } from '../../provider.ts';
import { factsOf } from './facts.ts';

/** The document by which a server is asked for its whole schema, names that it calls deprecated included. */
export const INTROSPECTION_TEXT = getIntrospectionQuery({ inputValueDeprecation: true }).replace(
  'query IntrospectionQuery',
  'query WritSchema',
);

/** The most names that a schema may have, and the most bytes of its facts: several times those of the largest providers. */
const MOST = { names: 200_000, types: 10_000, bytes: 4_194_304, description: 300 };

/** A lone surrogate, half of a character: no database can hold it. */
function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/** A name of the GraphQL language (GraphQL specification, 2.1.9); those that begin with `__` are introspection's own. */
const name = z
  .string()
  .max(200)
  .regex(/^[_A-Za-z][_0-9A-Za-z]*$/);
const description = z.string().nullish();
const kind = z.enum(['SCALAR', 'OBJECT', 'INTERFACE', 'UNION', 'ENUM', 'INPUT_OBJECT', 'LIST', 'NON_NULL']);

/** A type as introspection writes it: lists and non-null types hold another. */
export interface TypeRef {
  kind: z.infer<typeof kind>;
  name?: string | null | undefined;
  ofType?: TypeRef | null | undefined;
}
const typeRef: z.ZodType<TypeRef> = z.object({ kind, name: name.nullish(), ofType: z.lazy(() => typeRef.nullish()) });

const inputValue = z.object({
  name,
  description,
  type: typeRef,
  defaultValue: z.string().max(10_000).refine(isWellFormed).nullish(),
});
const field = z.object({ name, description, args: z.array(inputValue), type: typeRef });
const enumValue = z.object({ name, description });
const fullType = z.object({
  kind,
  name,
  description,
  fields: z.array(field).nullish(),
  inputFields: z.array(inputValue).nullish(),
  interfaces: z.array(typeRef).nullish(),
  enumValues: z.array(enumValue).nullish(),
  possibleTypes: z.array(typeRef).nullish(),
});

/** An answer to `INTROSPECTION_TEXT`. What it says of directives is not read. */
export const introspectionAnswer = z.object({
  __schema: z.object({
    queryType: z.object({ name: z.literal('Query') }),
    mutationType: z.object({ name: z.literal('Mutation') }).nullish(),
    types: z.array(fullType).max(MOST.types),
  }),
});
/** What `introspectionAnswer` reads. */
export type Introspection = z.infer<typeof introspectionAnswer>;

/**
 * Reads a server's description of itself. Checks only that it is a schema: every name is there once and spelled as the language wants,
 * and every type is there and stands in a place where it can stand. Throws `upstream_unavailable` for anything else.
 */
export function readIntrospection(answer: Introspection): LiveSchema {
  const { types } = answer.__schema;
  refuseRepeated(answer);
  const schema = build({ __schema: { ...answer.__schema, directives: [] } });
  const facts = factsOf(schema);
  const text = canonicalJson(facts);
  if (Buffer.byteLength(text) > MOST.bytes) throw unusable('it is too large');
  return {
    digest: sha256Hex(text),
    facts: facts as unknown as JsonObject,
    descriptions: Object.fromEntries(describe(types)),
  };
}

function build(answer: unknown) {
  try {
    const schema = buildClientSchema(answer as IntrospectionQuery);
    const [wrong] = validateSchema(schema);
    if (wrong) throw wrong;
    return schema;
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : 'it is none');
  }
}

function refuseRepeated({ __schema: { types } }: Introspection): void {
  let count = 0;
  const once = (where: string, items: readonly { readonly name: string }[] | null | undefined): void => {
    const seen = new Set<string>();
    for (const item of items ?? []) {
      if (++count > MOST.names) throw unusable('it has too many names');
      if (seen.has(item.name)) throw unusable(`${where} has ${item.name} twice`);
      seen.add(item.name);
    }
  };
  once('it', types);
  for (const type of types) {
    once(type.name, type.fields);
    once(type.name, type.inputFields);
    once(type.name, type.enumValues);
    for (const each of type.fields ?? []) once(`${type.name}.${each.name}`, each.args);
  }
}

function* describe(types: Introspection['__schema']['types']): Generator<[string, string]> {
  for (const type of types) {
    for (const each of [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])]) {
      if (each.description) yield [`${type.name}.${each.name}`, inertLine(each.description, MOST.description)];
    }
    for (const each of (type.fields ?? []).flatMap(({ name: of, args }) => args.map((arg) => ({ of, ...arg })))) {
      if (each.description)
        yield [`${type.name}.${each.of}(${each.name})`, inertLine(each.description, MOST.description)];
    }
  }
}

function unusable(why: string): WritError {
  return new WritError('upstream_unavailable', {
    detail: inertLine(`The provider's live schema cannot be used: ${why}`, 400),
  });
}
