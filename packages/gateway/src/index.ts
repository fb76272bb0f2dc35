/**
 * The pipeline's steps (canonicalise, classify, resolve, decide, inject, forward) and the forwarder.
 * Never imports store or broker: what it needs of them is `GatewayPorts`. Never sends what was not judged, decided and
 * written down, never to another origin than the credential's own, and never lets a root credential out.
 */
export * from './address.ts';
export * from './body.ts';
export * from './canonicalise.ts';
export * from './classify.ts';
export * from './client-budgets.ts';
export * from './deny.ts';
export * from './dial.ts';
export * from './echo-guard.ts';
export * from './handle.ts';
export * from './header-table.ts';
export * from './ingress.ts';
export * from './limits.ts';
export * from './log.ts';
export * from './memory.ts';
export * from './next.ts';
export * from './ports.ts';
export * from './problem.ts';
export * from './rate-limit.ts';
export * from './resolve.ts';
export * from './response-headers.ts';
export * from './route.ts';
export * from './sentence.ts';
export * from './server.ts';
export * from './source.ts';
export * from './upstream-request.ts';
