/** Joins the gateway to the rest of the broker: which connection is meant, who calls, and what is recorded of refused callers. */
import { inertLine, makeId, WritError } from '@writ/core';
import type { ConnectionPort, GatewayPorts, Presented, RefusalRecord, RequestPort } from '@writ/gateway';
import type { Services } from '../context.ts';
import { authenticateToken, verifyAlone } from '../dpop/authenticate-token.ts';
import type { BrokerEvent } from '../event.ts';
import { countedOf, countRefused } from '../freeze/breaker.ts';
import type { ConnectionState } from '../live.ts';
import { refusedData } from '../record/request-event.ts';
import { AuthenticatedCall } from './authenticated-call.ts';

/** Makes the ports. */
export function createGatewayPorts(services: Services): GatewayPorts {
  const { now } = services;
  return {
    now,
    requestId: () => makeId('request', { now: now(), randomBytes: services.randomBytes }),
    tokenHeaders: [...new Set([...services.providers.values()].flatMap(({ tokenHeaders }) => tokenHeaders))],
    open: (slug) => new Port(services, slug),
    refused: (record) => recordRefusal(services, record),
  };
}

/** The way of one request to one connection. */
class Port implements ConnectionPort {
  readonly slug: string;
  readonly #services: Services;
  #found: Promise<ConnectionState | undefined> | undefined;

  constructor(services: Services, slug: string) {
    this.#services = services;
    this.slug = slug;
  }

  get provider(): ConnectionPort['provider'] {
    return this.#services.live.connections.providerOf(this.slug);
  }

  async verify(presented: Pick<Presented, 'token' | 'scheme'>): Promise<void> {
    await verifyAlone(this.#services, { ...presented, audience: this.#audience() });
  }

  find(): Promise<ConnectionState | undefined> {
    this.#found ??= this.#services.live.connections.get(this.slug);
    return this.#found;
  }

  async authenticate(presented: Presented): Promise<RequestPort> {
    const state = await this.find();
    if (state === undefined) throw new WritError('connection_unknown');
    const use = { presented, audience: this.#audience(), connection_id: state.id };
    return new AuthenticatedCall(this.#services, {
      state,
      authenticated: await authenticateToken(this.#services, use),
    });
  }

  #audience(): string[] {
    const base = `${this.#services.config.publicUrl}/gateway`;
    return [base, `${base}/${this.slug}`];
  }
}

async function recordRefusal(services: Services, record: RefusalRecord): Promise<WritError | undefined> {
  const { caller, connection, operations } = record;
  const holder = caller ?? record.holder;
  const event: BrokerEvent = {
    kind: 'request.refused',
    ...(holder === undefined
      ? {}
      : { actor: `client:${holder.client_id}`, client_id: holder.client_id, task_id: holder.task_id }),
    ...(connection !== undefined && { connection: inertLine(connection, 100) }),
    operations: operations.slice(0, 40).map(({ name }) => inertLine(name, 200)),
    result: record.code,
    request_id: record.request_id,
    data: {
      ...(holder !== undefined && { jti: holder.jti }),
      ...(caller === undefined && { address: inertLine(record.address, 100) }),
      ...(caller !== undefined && { act_chain: caller.act_chain }),
      detail: inertLine(record.detail, 1000),
      ...(record.reason !== undefined && { reason: record.reason }),
      ...refusedData(record, services.deriveKey('audit_digest')),
    },
  };
  // Strangers, tokens that were stopped, and callers that ask too often: any number of these can come.
  if (caller === undefined || record.code === 'rate_limited') {
    await services.live.refusals.count(record.address, event);
    return undefined;
  }
  await services.audit.append(event);
  const counted = countedOf(services, { ...caller, request_id: record.request_id, operations, refused: record.code });
  return counted === undefined ? undefined : await countRefused(services, counted);
}
