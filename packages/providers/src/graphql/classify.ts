import {
  type Canonical,
  type ClassifiedValue,
  type JsonObject,
  makeTextCache,
  type ProviderRequest,
  type TextCache,
  WritError,
} from '@writ/core';
import type { CatalogOperation } from '../operation.ts';
import type { Admission, EffectOverrides } from '../provider.ts';
import { overridesKey } from '../review/overrides.ts';
import type { GraphqlCatalog } from './catalog.ts';
import { readDocument } from './document/document.ts';
import { expand } from './document/expand.ts';
import { bodyPrefix, forwardRequest, writeChosen } from './document/forward.ts';
import { type GraphqlRequest, readRequest, refuseAsMutation } from './document/request.ts';
import { validateDocument } from './document/validate.ts';
import { judge } from './judge/judge.ts';
import type { GraphqlOperation } from './judge/operation.ts';
import { makePlan, type Plan } from './judge/plan.ts';
import { coerceVariables, type DeclaredVariables, declaredVariables, givenVariables } from './judge/variables.ts';
import { CACHE_BYTES, MAX_REPEATED_BYTES } from './limits.ts';
import { extendCatalog } from './live/extend.ts';
import { tooLarge } from './refuse.ts';
import { argumentChecker, type Group, listOperations } from './reviews/operations.ts';
import { type CatalogSource, type GraphqlSource, indexReviews } from './reviews/reviews.ts';
import { buildSchema } from './schema.ts';

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
  /** Of the catalog and what was admitted to it, hex. */
  readonly version: string;
  /** The classifier of the same catalog with what an owner admitted for one connection. */
  admitting(admissions: readonly Admission[]): GraphqlEngine;
  /** True where `path` leads to a value a condition can test: a leaf of the arguments, or anything inside an opaque one. */
  hasArgument(operation: string, path: string): boolean;
}

/** The part of a judged document that depends on neither variables nor overrides. */
interface PreparedDocument {
  readonly plan: Plan;
  readonly variables: DeclaredVariables;
  readonly prefix: string;
}

/**
 * Makes the classifier of a catalog, for the exact provider paths its GraphQL is served at. `groups`: of its operations, for people; they
 * decide nothing.
 */
export function makeGraphqlEngine(
  catalog: GraphqlCatalog,
  { paths, groups = [] }: { readonly paths: readonly string[]; readonly groups?: readonly Group[] },
): GraphqlEngine {
  return makeEngine({ catalog }, { base: catalog, paths, groups, cache: makeTextCache(CACHE_BYTES) });
}

interface Engine {
  /** The catalog without what was admitted. */
  readonly base: GraphqlCatalog;
  readonly paths: readonly string[];
  readonly groups: readonly Group[];
  /** One cache for all classifiers of a catalog, so that its bound holds for all of them together. */
  readonly cache: DocumentCache;
}

function makeEngine(made: Pick<CatalogSource, 'catalog' | 'admitted'>, engine: Engine): GraphqlEngine {
  const { base, paths, groups, cache } = engine;
  const { catalog } = made;
  const schema = buildSchema(catalog.schema);
  const source = { ...made, schema, reviews: indexReviews({ ...made, schema }) };
  const judgeDocument = makeDocumentJudge(source, cache);
  return {
    classify({ request }, overrides) {
      refuseOtherPaths(request, paths);
      const { operations, prefix, variables } = judgeDocument({ request: readRequest(request), overrides });
      const forward = forwardRequest(request, { prefix, variables });
      refuseRepeated(operations.length, forward.body.length - Buffer.byteLength(prefix));
      return { forward, operations, catalog_version: catalog.version };
    },
    operations: listOperations(source, groups),
    version: catalog.version,
    admitting: (admissions) => makeEngine(extendCatalog(base, admissions), engine),
    hasArgument: argumentChecker(source),
  };
}

/**
 * Throws where the variables of all operations together are too large: a few bytes of aliases can hand the same large variable to
 * hundreds of operations.
 */
function refuseRepeated(operations: number, variableBytes: number): void {
  if (operations * variableBytes <= MAX_REPEATED_BYTES) return;
  throw tooLarge('Too many operations are given too large variables; send them in several requests.');
}

function refuseOtherPaths(request: ProviderRequest, paths: readonly string[]): void {
  if (paths.includes(request.path)) return;
  const detail = `The provider's GraphQL is at ${paths.join(' or ')}; nothing else of it is known.`;
  throw new WritError('operation_unknown', { detail });
}

/** A request as it was sent, and what an owner changed for the connection. */
export interface GraphqlCall {
  readonly request: GraphqlRequest;
  readonly overrides: EffectOverrides;
}

/** What a document does, and what will be sent: the body up to its variables, and those that the operation declares. */
export interface JudgedDocument {
  readonly operations: readonly GraphqlOperation[];
  readonly prefix: string;
  readonly variables: JsonObject;
}

/** Makes the judge of documents. Each document is judged once, except for what depends on the variables. */
export function makeDocumentJudge(
  source: GraphqlSource,
  cache: DocumentCache = makeTextCache(CACHE_BYTES),
): (call: GraphqlCall) => JudgedDocument {
  const prepareCached = cached(cache, source);
  return (call) => {
    const { plan, variables: declared, prefix } = prepareCached(call);
    if (plan.root === 'mutation') refuseAsMutation(call.request);
    const variables = givenVariables(declared, call.request.variables);
    return { operations: judge(plan, coerceVariables(declared, variables)), prefix, variables };
  };
}

function prepare(source: GraphqlSource, { request, overrides }: GraphqlCall): PreparedDocument {
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

/** The most bytes that are kept of a document: for itself, and for each character of its text. Measured, rounded up. */
const WEIGHT = { document: 2_048, character: 16 };
/** How many results are kept of one text, by operation name and overrides. */
const MOST_VARIANTS = 16;

/** Judged documents by their text. */
type DocumentCache = TextCache<readonly Variant[]>;

interface Variant {
  readonly source: GraphqlSource;
  readonly operationName: string | undefined;
  readonly overrides: string;
  readonly prepared: PreparedDocument;
}

/**
 * Remembers documents by their whole text, operation name, overrides and what was admitted. An exact key needs no hash and cannot
 * collide. Refusals are not kept, so that a stream of bad documents does not drive out good ones.
 */
function cached(cache: DocumentCache, source: GraphqlSource): (call: GraphqlCall) => PreparedDocument {
  return (call) => {
    const { query, operationName } = call.request;
    const overrides = overridesKey(call.overrides);
    const variants = cache.get(query) ?? [];
    const known = variants.find(
      (one) => one.source === source && one.operationName === operationName && one.overrides === overrides,
    );
    if (known) return known.prepared;
    const prepared = prepare(source, call);
    const value = [{ source, operationName, overrides, prepared }, ...variants].slice(0, MOST_VARIANTS);
    cache.set(query, { value, size: (WEIGHT.document + WEIGHT.character * query.length) * value.length });
    return prepared;
  };
}
