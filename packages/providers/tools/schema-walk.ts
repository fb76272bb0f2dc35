/** Walks over the schema's facts, for the tests and tables of the review. */

import { railwayCatalog } from '../src/railway/catalog/index.ts';
import type { OperationReview, ReachRule } from '../src/review/review.ts';

const { schema } = railwayCatalog;

/** Scalars that hold one plain value. Everything else a scalar can be is opaque. */
const PLAIN = new Set(['BigInt', 'Boolean', 'DateTime', 'Float', 'ID', 'Int', 'String']);

/** Tells whether a scalar can hold what its name does not tell. */
export const isOpaque = (type: string): boolean => schema.scalars.includes(type) && !PLAIN.has(type);

/** The name in a type: `[String!]! = []` -> `String`. */
export const baseOf = (type: string): string => (type.split(' = ')[0] ?? '').replaceAll(/[[\]!]/g, '');

/** One argument or a field of one, as a path from the operation. */
export interface ArgumentLeaf {
  readonly path: string;
  readonly type: string;
}

/** The operations of one root, each with its review and its type in the schema. */
export function operations(root: 'Query' | 'Mutation') {
  const reviews: Readonly<Record<string, OperationReview>> =
    root === 'Query' ? railwayCatalog.queries : railwayCatalog.mutations;
  return Object.entries(reviews).map(([name, review]) => ({ name, review, args: argsOf(root, name) }));
}

/** Every argument of an operation down to what has no fields, with `[]` after lists. */
export function leaves(args: Readonly<Record<string, string>>, above = ''): readonly ArgumentLeaf[] {
  return Object.entries(args).flatMap(([name, type]) => {
    const path = `${above}${name}${(type.split(' = ')[0] ?? '').includes('[') ? '[]' : ''}`;
    const input = schema.inputs[baseOf(type)];
    return input ? leaves(input, `${path}.`) : [{ path, type }];
  });
}

/** The type a path leads to; `undefined` where there is no such path. Inside an opaque value every path is possible. */
export function typeAt(args: Readonly<Record<string, string>>, path: string): string | undefined {
  let here: Readonly<Record<string, string>> | undefined = args;
  let type: string | undefined;
  for (const segment of path.split('.')) {
    if (type !== undefined && isOpaque(baseOf(type))) return 'inside an opaque value';
    type = here?.[segment.replace('[]', '')];
    if (type === undefined) return undefined;
    if (segment.endsWith('[]') && !type.includes('[')) return undefined;
    here = schema.inputs[baseOf(type)];
  }
  return type;
}

/** Every path a reach rule looks at. */
export function pathsOfReach(rule: ReachRule): readonly string[] {
  switch (rule.in) {
    case 'resource':
      return rule.narrowed_by ? [rule.narrowed_by] : [];
    case 'container':
    case 'instances':
      return [rule.path, ...(rule.fork ? [rule.fork] : []), ...pathsBelow(rule)];
    case 'environment':
    case 'inside':
      return [rule.path, ...pathsBelow(rule)];
    case 'shared':
    case 'everything':
      return [];
  }
}

/** Every path by which an operation says what it acts on and where. */
export function pathsOfPlace(review: OperationReview): readonly string[] {
  const refs = [...(review.targets ?? []), ...(review.context ?? [])];
  return [...refs.flatMap(({ path, of }) => (of ? [path, of] : [path])), ...pathsOfReach(review.reach)];
}

function pathsBelow(rule: ReachRule): readonly string[] {
  return 'absent' in rule && rule.absent ? pathsOfReach(rule.absent) : [];
}

function argsOf(root: 'Query' | 'Mutation', name: string): Readonly<Record<string, string>> {
  return schema.objects[root]?.fields[name]?.args ?? {};
}
