/** Live schemas of the small provider: its catalog's, changed, as introspection would tell it. */
import type { Effect } from '@writ/core';
import type { Admission, LiveSchema } from '@writ/providers';
import { buildSchema as build, introspectionFromSchema, printSchema } from 'graphql';
import type { GraphqlEngine } from '../../../packages/providers/src/graphql/classify.ts';
import { shapeOf } from '../../../packages/providers/src/graphql/live/compare.ts';
import { introspectionAnswer, readIntrospection } from '../../../packages/providers/src/graphql/live/introspection.ts';
import { buildSchema } from '../../../packages/providers/src/graphql/schema.ts';
import { TEST_CATALOG } from './catalog.ts';
import { post } from './classify.ts';

const SDL = printSchema(buildSchema(TEST_CATALOG.schema));

/** What is added to types: `type.field: T`, and whole types. */
export interface Change {
  /** Members to add, by `type Name`, `input Name` or `enum Name`. */
  readonly add?: Readonly<Record<string, string>>;
  /** Definitions to add. */
  readonly define?: string;
  /** Text to replace. */
  readonly replace?: Readonly<Record<string, string>>;
}

/** The answer of a server whose schema differs by this from the catalog's. */
export function introspect({ add = {}, define = '', replace = {} }: Change) {
  let sdl = SDL;
  for (const [type, members] of Object.entries(add)) {
    const head = new RegExp(`^${type}(?: implements [^{]*)? \\{$`, 'm');
    if (!head.test(sdl)) throw new Error(`there is no ${type}`);
    sdl = sdl.replace(head, (found) => `${found}\n${members}`);
  }
  for (const [from, to] of Object.entries(replace)) {
    if (!sdl.includes(from)) throw new Error(`there is no ${from}`);
    sdl = sdl.replaceAll(from, to);
  }
  return introspectionFromSchema(build(`${sdl}\n${define}`, { assumeValid: true }), { inputValueDeprecation: true });
}

/** The live schema that differs by this from the catalog's. */
export function liveSchema(change: Change): LiveSchema {
  return readIntrospection(introspectionAnswer.parse(introspect(change)));
}

/** What an owner of a connection to a provider with this live schema would admit. */
export function admissionFrom(live: LiveSchema, operation: string, effect: Effect = 'read', part = ''): Admission {
  const shape = shapeOf(TEST_CATALOG, live, { operation, part });
  if (!shape) throw new Error(`there is no ${operation} ${part}`);
  return { operation, part, effect, shape };
}

/** Each operation of a document in words: its effect, how far it reaches, and what of it was admitted. */
export function judge(on: GraphqlEngine, query: string, variables?: unknown) {
  return on
    .classify({ request: post(JSON.stringify({ query, ...(variables !== undefined && { variables }) })) }, new Map())
    .operations.map(({ name, effect, note, spelled_out }) => {
      const reach = note.at === 'root' ? note.review.reach.in : note.beyond ? 'beyond' : note.step;
      const used = note.admitted ? ` with ${note.admitted.join(' ')}` : '';
      return `${name}: ${effect}, ${reach}${used}${spelled_out ? ', spelled out' : ''}`;
    });
}
