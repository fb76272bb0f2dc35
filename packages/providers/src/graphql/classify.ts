import { type Canonical, type ClassifiedValue, type ProviderRequest, WritError } from '@writ/core';
import type { GraphqlCatalog } from '../catalog.ts';
import type { CatalogOperation, EffectOverrides } from '../provider.ts';
import { type GraphqlRequest, readBody } from './body.ts';
import { makeTextCache } from './cache.ts';
import { readDocument } from './document.ts';
import { expand } from './expand.ts';
import { bodyPrefix, forwardRequest, writeChosen } from './forward.ts';
import { judge } from './judge.ts';
import { CACHE_BYTES } from './limits.ts';
import type { GraphqlOperation } from './operation.ts';
import { argumentChecker, listOperations } from './operations.ts';
import { overridesKey } from './overrides.ts';
import { makePlan, type Plan } from './plan.ts';
import { type GraphqlSource, indexReviews } from './reviews.ts';
import { buildSchema } from './schema.ts';
import { validateDocument } from './validate.ts';
import { coerceVariables, type DeclaredVariable, declaredVariables } from './variables.ts';

/** A request of which every operation is known, as the GraphQL engine judges it. */
export interface GraphqlClassified extends ClassifiedValue {
  readonly operations: readonly GraphqlOperation[];
}

/** One GraphQL provider's classifier. */
export interface GraphqlEngine {
  /**
   * Works out what a request would do. Throws `WritError`: `operation_unknown`, `request_not_understood`,
   * `request_not_canonical`, `not_supported`, `request_too_large`. No message repeats an argument's value.
   */
  classify(canonical: Pick<Canonical, 'request'>, overrides: EffectOverrides): GraphqlClassified;
  /** Every root operation, and every nested field that can appear as one of its own. */
  readonly operations: readonly CatalogOperation[];
  /** True where `path` leads to a value a condition can test: a leaf of the arguments, or anything inside an opaque one. */
  hasArgument(operation: string, path: string): boolean;
}

/** What of a document does not depend on variables or overrides. */
interface Prepared {
  readonly plan: Plan;
  readonly variables: readonly DeclaredVariable[];
  readonly prefix: string;
}

/** Makes the classifier of a catalog, for the exact provider paths its GraphQL is served at. */
export function makeGraphqlEngine(
  catalog: GraphqlCatalog,
  { paths }: { readonly paths: readonly string[] },
): GraphqlEngine {
  const schema = buildSchema(catalog.schema);
  const source = { catalog, schema, reviews: indexReviews({ catalog, schema }) };
  const prepareCached = cached((call) => prepare(source, call));
  return {
    classify({ request }, overrides) {
      refuseOtherPaths(request, paths);
      const body = readBody(request);
      const prepared = prepareCached({ request: body, overrides });
      const variables = coerceVariables(prepared.variables, body.variables);
      const operations = judge(prepared.plan, variables);
      const forward = forwardRequest(request, { prefix: prepared.prefix, variables: body.variables });
      return { forward, operations, catalog_version: catalog.version };
    },
    operations: listOperations(source),
    hasArgument: argumentChecker(source),
  };
}

function refuseOtherPaths(request: ProviderRequest, paths: readonly string[]): void {
  if (paths.includes(request.path)) return;
  const detail = `The provider's GraphQL is at ${paths.join(' or ')}; nothing else of it is known.`;
  throw new WritError('operation_unknown', { detail });
}

interface Call {
  readonly request: GraphqlRequest;
  readonly overrides: EffectOverrides;
}

function prepare(source: GraphqlSource, { request, overrides }: Call): Prepared {
  const { schema } = source;
  const reviews = overrides.size === 0 ? source.reviews : indexReviews(source, overrides);
  const chosen = readDocument(request.query, request.operationName);
  const expanded = expand(schema, chosen);
  validateDocument(schema, chosen);
  const root = chosen.operation.operation === 'mutation' ? 'mutation' : 'query';
  return {
    plan: makePlan(reviews, { expanded, root }),
    variables: declaredVariables(schema, chosen.operation),
    prefix: bodyPrefix(writeChosen(chosen, expanded.usedFragments), chosen.operation.name?.value),
  };
}

/** What is kept of a document weighs at most this many times its text. Measured, rounded up. */
const WEIGHT = 40;

/**
 * Remembers documents by their whole text, operation name and overrides: an exact key needs no hash, and none can collide. Refusals
 * are not kept, so that no stream of bad documents drives out good ones.
 */
function cached(prepareAnew: (call: Call) => Prepared): (call: Call) => Prepared {
  const cache = makeTextCache<Prepared>(CACHE_BYTES);
  return (call) => {
    const { query, operationName } = call.request;
    // No operation's name is empty or holds a NUL, and no text of overrides does: the parts cannot be taken for others.
    const key = `${overridesKey(call.overrides)}\u0000${operationName ?? ''}\u0000${query}`;
    const known = cache.get(key);
    if (known) return known;
    const value = prepareAnew(call);
    cache.set(key, { value, size: query.length * WEIGHT });
    return value;
  };
}
