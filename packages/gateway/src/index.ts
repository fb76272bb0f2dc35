/**
 * The gateway: the pipeline's steps (canonicalise, classify, resolve, decide, inject, forward). It never imports store or broker; it
 * reaches them through `GatewayPorts`. It sends only what was judged, decided and recorded, sends it only to the origins of the credential,
 * and never gives a root credential to a client.
 */
export { createGateway } from './handle.ts';
export { ClientBudgets } from './judge/client-budgets.ts';
export { type JudgeInput, type Judgement, judge, settle } from './judge/judge.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { GatewayLog } from './log.ts';
export {
  addressOf,
  type Caller,
  type ConnectionPort,
  type Credential,
  type DecidedCall,
  type GatewayConnection,
  type GatewayPorts,
  type KeptAnswer,
  type Outcome,
  type Presented,
  type RefusalRecord,
  type RequestPort,
  type StopReason,
  type ToldApproval,
  type UpstreamAddress,
  type WaitFacts,
  Waiting,
} from './ports.ts';
export { gatewayCode, problemFor } from './refuse/problem.ts';
export { wouldDo } from './refuse/sentence.ts';
export { AnswerKeeper } from './send/answer-sink.ts';
export { createAsk } from './send/ask.ts';
export { createDialler, type Dialler, type Dispatch } from './send/dial.ts';
export { fetchBody } from './send/fetch-body.ts';
export { type ForwardContext, forward } from './send/forward.ts';
export { isForbiddenAddress } from './take/address.ts';
export type { Arrival } from './take/arrival.ts';
export { ClientGone, hasBody } from './take/body.ts';
export { DecidedAgainst, type Progress } from './take/exchange.ts';
export { HeaderTable } from './take/header-table.ts';
export { Ingress } from './take/ingress.ts';
export { createRateLimit, type RateLimit } from './take/rate-limit.ts';
export { isGatewayTarget, type Site, siteOf } from './take/route.ts';
export { gatewayServerOptions, type Listener, serveRequests } from './take/server.ts';
export { isAddressRange, networkOf } from './take/source.ts';
export { preferredWait } from './take/wait.ts';
