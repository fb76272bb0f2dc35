/** What is in the facts but not reviewed, and what is reviewed but not in the facts. */
import type { SchemaFacts } from '../src/graphql/catalog.ts';
import { fields } from '../src/railway/catalog/fields/index.ts';
import { mutations } from '../src/railway/catalog/mutations/index.ts';
import { queries } from '../src/railway/catalog/queries/index.ts';

/** One line for each difference, sorted; none when the review is whole. */
export function reviewGap(facts: SchemaFacts): readonly string[] {
  const there = new Set(namesInFacts(facts));
  const reviewed = new Set(namesReviewed());
  const fresh = [...there].filter((name) => !reviewed.has(name)).map((name) => `not reviewed: ${name}`);
  const gone = [...reviewed].filter((name) => !there.has(name)).map((name) => `gone: ${name}`);
  return [...gone, ...fresh].sort();
}

/** `Query.x`, `Mutation.x` and `Type.field` for all of the facts. */
function namesInFacts(facts: SchemaFacts): string[] {
  const types = [...Object.entries(facts.objects), ...Object.entries(facts.interfaces)];
  return types.flatMap(([type, { fields: named }]) => Object.keys(named).map((field) => `${type}.${field}`));
}

function namesReviewed(): string[] {
  const types = Object.entries({ ...fields, Query: queries, Mutation: mutations });
  return types.flatMap(([type, named]) => Object.keys(named).map((field) => `${type}.${field}`));
}
