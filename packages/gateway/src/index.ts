/**
 * The pipeline's steps (canonicalise, classify, resolve, decide, inject, forward) and the forwarder.
 * Never imports store or broker: what it needs of them is `GatewayPorts`.
 */
export {};
