/**
 * One folder a provider, and the engines they share: what a request does, where, and to what.
 * Never sends a request and never decides whether one is allowed.
 */
export * from './catalog.ts';
export { type GraphqlClassified, type GraphqlEngine, makeGraphqlEngine } from './graphql/classify.ts';
export { GRAPHQL_RESPONSE, makeGraphqlDeny, namesGraphqlResponse } from './graphql/deny.ts';
export {
  type GraphqlOperation,
  isGraphqlOperation,
  type NestedNote,
  type RootNote,
} from './graphql/operation.ts';
export * from './provider.ts';
export { findProvider, PROVIDERS } from './registry.ts';
