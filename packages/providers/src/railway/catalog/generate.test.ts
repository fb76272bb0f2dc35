import { buildSchema, introspectionFromSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schemaFacts } from '../../../tools/facts.ts';
import { layout } from '../../../tools/layout.ts';
import { reviewGap } from '../../../tools/review-gap.ts';
import { railwayCatalog } from './index.ts';

const SDL = `
  "Prose."
  type Query { "More prose." node(id: ID!): Node pick: Pick list(first: Int = 10, kinds: [Kind!]! = [B, A]): [Thing!]! }
  type Mutation { change(input: Change!): Boolean! }
  type Subscription { watch: Watched }
  interface Node { id: ID! }
  interface Tag { tag: String }
  type Thing implements Tag & Node { id: ID! tag: String }
  type OnlyByNode implements Node { id: ID! other: JSON }
  type OnlyByTag implements Tag { tag: String }
  type Watched { at: String }
  union Pick = Thing
  enum Kind { B A }
  input Change { replace: Boolean = false nested: Nested }
  input Nested { value: JSON }
  input Unused { a: Int }
  scalar JSON
`;

const factsOf = (sdl: string) =>
  schemaFacts(new TextEncoder().encode(JSON.stringify(introspectionFromSchema(buildSchema(sdl)))));

describe('the facts derived from an introspection', () => {
  const facts = factsOf(SDL);

  test('are what queries and mutations can name, and nothing of subscriptions', () => {
    expect(Object.keys(facts.objects)).toEqual(['Mutation', 'OnlyByNode', 'Query', 'Thing']);
    expect(Object.keys(facts.interfaces)).toEqual(['Node', 'Tag']);
    expect(Object.keys(facts.inputs)).toEqual(['Change', 'Nested']);
    expect(facts.unions).toEqual({ Pick: ['Thing'] });
    expect(facts.enums).toEqual({ Kind: ['A', 'B'] });
    expect(facts.scalars).toEqual(['Boolean', 'ID', 'Int', 'JSON', 'String']);
  });

  test('keep every default, since the server coerces with it', () => {
    expect(facts.inputs['Change']).toEqual({ nested: 'Nested', replace: 'Boolean = false' });
    expect(facts.objects['Query']?.fields['list']?.args).toEqual({ first: 'Int = 10', kinds: '[Kind!]! = [B, A]' });
  });

  test('keep no prose', () => {
    expect(layout(facts)).not.toMatch(/prose/i);
  });

  test('do not depend on the order of the schema', () => {
    const { source_sha256: _, ...rest } = facts;
    const { source_sha256: other, ...reversed } = factsOf(
      SDL.trim().split('\n').reverse().join('\n').replace('"Prose."', ''),
    );
    expect(reversed).toEqual(rest);
    expect(other).not.toBe(facts.source_sha256);
  });

  test('are written one type a line, and read back as they were', () => {
    const text = layout(facts);
    expect(JSON.parse(text)).toEqual(facts);
    expect(text.split('\n').filter((line) => line.startsWith('"Thing"'))).toHaveLength(1);
    expect(text.endsWith('}\n')).toBe(true);
  });
});

describe('the gap between facts and review', () => {
  const { schema } = railwayCatalog;

  test('is empty for what is committed', () => {
    expect(reviewGap(schema)).toEqual([]);
  });

  test('names what is new and what is gone', () => {
    const { volumeDelete: _, ...kept } = schema.objects['Mutation']?.fields ?? {};
    const fields = { ...kept, volumeVaporize: { type: 'Boolean!' } };
    const objects = { ...schema.objects, Mutation: { fields }, Novelty: { fields: { id: { type: 'ID!' } } } };
    expect(reviewGap({ ...schema, objects })).toEqual([
      'gone: Mutation.volumeDelete',
      'not reviewed: Mutation.volumeVaporize',
      'not reviewed: Novelty.id',
    ]);
  });
});
