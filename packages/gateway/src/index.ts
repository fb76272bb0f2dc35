/**
 * The pipeline's steps (canonicalise, classify, resolve, decide, inject, forward) and the forwarder.
 * Never imports store or broker: what it needs of them is `GatewayPorts`. Never sends what was not judged, decided and
 * written down, never to another origin than the credential's own, and never lets a root credential out.
 */

export * from './handle.ts';
export * from './judge/canonicalise.ts';
export * from './judge/classify.ts';
export * from './judge/client-budgets.ts';
export * from './judge/resolve.ts';
export * from './limits.ts';
export * from './log.ts';
export * from './ports.ts';
export * from './refuse/deny.ts';
export * from './refuse/next.ts';
export * from './refuse/problem.ts';
export * from './refuse/sentence.ts';
export * from './send/dial.ts';
export * from './send/echo-guard.ts';
export * from './send/response-headers.ts';
export * from './send/upstream-request.ts';
export * from './take/address.ts';
export * from './take/body.ts';
export * from './take/header-table.ts';
export * from './take/ingress.ts';
export * from './take/memory.ts';
export * from './take/rate-limit.ts';
export * from './take/route.ts';
export * from './take/server.ts';
export * from './take/source.ts';
