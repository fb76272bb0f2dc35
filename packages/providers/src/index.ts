/**
 * The providers, one folder each, and the engines that they share: they tell what a request does, where, and to what.
 * Never sends a request and never decides whether one is allowed.
 */
export { GRAPHQL_RESPONSE, namesGraphqlResponse } from './graphql/deny.ts';
export type { CatalogOperation } from './operation.ts';
export type {
  Admission,
  Answer,
  Ask,
  ConnectionFacts,
  Denial,
  EffectOverrides,
  Identity,
  InventoryItem,
  LiveSchema,
  NewName,
  Provider,
  ProviderEnvironment,
  Question,
  RefusedRequest,
  Signature,
  Upstream,
  WireRules,
} from './provider.ts';
export { PROVIDERS } from './registry.ts';
export { environmentWith, type MemberKey, type SelectorProblem, type Selectors } from './selectors.ts';
