/**
 * The pipeline's steps (canonicalise, classify, resolve, decide, inject, forward) and the forwarder.
 * Never imports store or broker: what it needs of them is `GatewayPorts`. Never sends what was not judged, decided and
 * written down, never to another origin than the credential's own, and never lets a root credential out.
 */
export { createGateway } from './handle.ts';
export { canonicalHead, canonicalise } from './judge/canonicalise.ts';
export { classify } from './judge/classify.ts';
export { ClientBudgets, noteQuestion } from './judge/client-budgets.ts';
export { resolve } from './judge/resolve.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { GatewayLog } from './log.ts';
export type {
  AuthorizeRequest,
  Caller,
  Credential,
  GatewayConnection,
  GatewayPorts,
  Outcome,
  RefusalRecord,
  StopReason,
} from './ports.ts';
export { gatewayCode, problemFor } from './refuse/problem.ts';
export { wouldDo } from './refuse/sentence.ts';
export { createDialler, type Dialler, type Dispatch } from './send/dial.ts';
export { searcherFor } from './send/echo-guard.ts';
export { type UpstreamAddress, type UpstreamRequest, upstreamRequest } from './send/upstream-request.ts';
export { isForbiddenAddress } from './take/address.ts';
export { ClientGone, hasBody } from './take/body.ts';
export { HeaderTable } from './take/header-table.ts';
export { type Arrival, Ingress } from './take/ingress.ts';
export { createRateLimit, type RateLimit } from './take/rate-limit.ts';
export { isGatewayTarget, type Site, siteOf } from './take/route.ts';
export { gatewayServerOptions, type Listener, serveRequests } from './take/server.ts';
export { isAddressRange, networkOf } from './take/source.ts';
