/** The gateway's ports for tests, each function of which a test can replace. */
import { type Authorized, WritError } from '@writ/core';
import {
  type Caller,
  type Credential,
  type DecidedCall,
  type GatewayConnection,
  type GatewayPorts,
  type Outcome,
  type Presented,
  type RequestPort,
  type StopReason,
  type WaitFacts,
  Waiting,
} from '../src/index.ts';

/** The decision that the gateway asks to record, and for whom. */
export interface AuthorizeRequest extends DecidedCall {
  readonly connection: GatewayConnection;
  readonly caller: Caller;
}

/** The functions behind the ports, which a test may replace one by one. */
export interface TestPorts extends Omit<GatewayPorts, 'open'> {
  providerOf(slug: string): GatewayConnection['provider'] | undefined;
  verify(presented: Pick<Presented, 'token' | 'scheme'>, slug: string): Promise<void>;
  connection(slug: string): Promise<GatewayConnection | undefined>;
  authenticate(presented: Presented, slug: string): Promise<Caller>;
  authorize(request: AuthorizeRequest): Promise<Authorized | Waiting | undefined>;
  whenDecided(approval_id: string, signal: AbortSignal): Promise<WaitFacts | undefined>;
  credential(authorized: Authorized): Promise<Credential>;
  echoed(authorized: Authorized): Promise<void>;
  outcome(authorized: Authorized, outcome: Outcome): Promise<void>;
  onStopped(caller: Caller, cut: (reason: StopReason) => void): () => void;
}

/** Makes the gateway's ports from the functions that a test may replace. */
export function portsOf(test: TestPorts): GatewayPorts {
  return {
    tokenHeaders: test.tokenHeaders,
    now: () => test.now(),
    requestId: () => test.requestId(),
    refused: (record) => test.refused(record),
    open: (slug) => {
      let found: Promise<GatewayConnection | undefined> | undefined;
      const find = () => {
        found ??= test.connection(slug);
        return found;
      };
      return {
        slug,
        get provider() {
          return test.providerOf(slug);
        },
        verify: (presented) => test.verify(presented, slug),
        find,
        authenticate: async (presented) => {
          const connection = await find();
          if (connection === undefined) throw new WritError('connection_unknown');
          return requestPortOf(test, { connection, caller: await test.authenticate(presented, slug) });
        },
      };
    },
  };
}

function requestPortOf(test: TestPorts, by: Pick<AuthorizeRequest, 'connection' | 'caller'>): RequestPort {
  let authorized: Authorized | undefined;
  const proof = (): Authorized => {
    if (authorized === undefined) throw new Error('nothing was authorized');
    return authorized;
  };
  return {
    caller: by.caller,
    authorize: async (call) => {
      const recorded = await test.authorize({ ...call, ...by });
      authorized = recorded instanceof Waiting ? undefined : recorded;
      return recorded;
    },
    whenDecided: async (id, signal) => await test.whenDecided(id, signal),
    sentBefore: async () => undefined,
    takeAnswer: async () => undefined,
    again: async () => ({ connection: by.connection, requestPort: requestPortOf(test, by) }),
    credential: async () => await test.credential(proof()),
    echoed: async () => await test.echoed(proof()),
    outcome: async (outcome) => await test.outcome(proof(), outcome),
    onStopped: (cut) => test.onStopped(by.caller, cut),
  };
}
