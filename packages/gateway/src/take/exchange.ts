/** One request under way through the gateway, with what is known of it so far: a refusal can come at any step. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Classified, Decision, Operation, ResolvedOperation } from '@writ/core';
import type { Caller, ConnectionPort, GatewayConnection, WaitFacts } from '../ports.ts';
import type { Arrival } from './arrival.ts';
import type { HeaderTable } from './header-table.ts';
import type { Route } from './route.ts';

/** The results of judging, filled in step by step: a refusal at any step uses them. */
export interface Progress {
  /** The operations that were judged so far. */
  operations: readonly (Operation | ResolvedOperation)[];
  /** True if the request was read whole and has one spelling: a later refusal is about what it asks for. */
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
  /** When the request arrived, in milliseconds since the epoch. */
  readonly arrived: number;
  /** The source and the body of the request, and whether its sender counts as a stranger. */
  readonly arrival: Arrival;
  route?: Route;
  /** The port of the connection that the request names. */
  port?: ConnectionPort;
  connection?: GatewayConnection;
  /** True if a token was found in the request. */
  presented: boolean;
  scheme: 'Bearer' | 'DPoP';
  caller?: Caller;
  /** The results of judging so far. */
  readonly progress: Progress;
  /** Gives back the request's places; only the first call counts. */
  leave: () => void;
}

/** The error for a call that the decision does not allow; `authorize` has recorded that already. */
export class DecidedAgainst extends Error {
  readonly decision: Decision;
  /** Of a call that waits for a human. */
  readonly waiting: WaitFacts | undefined;

  constructor(decision: Decision, waiting?: WaitFacts) {
    super(waiting?.code ?? decision.code ?? 'refused');
    this.name = 'DecidedAgainst';
    this.decision = decision;
    this.waiting = waiting;
  }
}
