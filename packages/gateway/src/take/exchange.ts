/** One request on its way through the gateway: what is known of it so far, for the refusal that may come at any step. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Classified, Decision, Operation, ResolvedOperation } from '@writ/core';
import type { Caller, ConnectionPort, GatewayConnection } from '../ports.ts';
import type { Arrival } from './arrival.ts';
import type { HeaderTable } from './header-table.ts';
import type { Route } from './route.ts';

/** How far judging came: filled in step by step, for the refusal that any step may be. */
export interface Progress {
  /** As far as they are judged. */
  operations: readonly (Operation | ResolvedOperation)[];
  /** True once it was read whole and has one spelling: a refusal from then on is for what it asks. */
  read: boolean;
  classified?: Classified;
  decision?: Decision;
}

/** One request. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: HeaderTable;
  readonly request_id: string;
  /** Milliseconds since the epoch. */
  readonly arrived: number;
  /** Where it came from, its body, and its socket's standing. */
  readonly arrival: Arrival;
  route?: Route;
  /** The way to the connection that is meant. */
  port?: ConnectionPort;
  connection?: GatewayConnection;
  /** True once a token was found in the request. */
  presented: boolean;
  scheme: 'Bearer' | 'DPoP';
  caller?: Caller;
  /** How far it has been judged. */
  readonly progress: Progress;
  /** Gives back the request's place, and its part of its client's share; only the first call counts. */
  leave: () => void;
}

/** The decision was not to allow it; `authorize` has written that down already. */
export class DecidedAgainst extends Error {
  readonly decision: Decision;

  constructor(decision: Decision) {
    super(decision.code ?? 'refused');
    this.name = 'DecidedAgainst';
    this.decision = decision;
  }
}
