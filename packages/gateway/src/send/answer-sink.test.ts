import type { IncomingMessage, ServerResponse } from 'node:http';
import { Authorized, type Resolved } from '@writ/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portsOf } from '../../test/ports.ts';
import { asAgent, GOOD_TOKEN, startGateway, type TestGateway } from '../../test/support.ts';
import { type RecordingUpstream, startUpstream } from '../../test/upstream.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { DecidedCall } from '../ports.ts';
import { AnswerKeeper } from './answer-sink.ts';
import { createDialler, type Dialler } from './dial.ts';
import { ForwardFailure, forward } from './forward.ts';

let upstream: RecordingUpstream;
let gateway: TestGateway;
let dialler: Dialler;
const log = { warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.origin });
  dialler = createDialler(DEFAULT_LIMITS);
});
afterAll(async () => {
  await gateway.close();
  await dialler.close();
  await upstream.close();
});

/** Sends a request once through the gateway, and once more into a keeper. */
async function both(answer: (request: IncomingMessage, response: ServerResponse) => void, path = '/x') {
  upstream.answer = answer;
  let decided: { readonly call: DecidedCall; readonly authorized: Authorized; readonly resolved: Resolved } | undefined;
  const authorize = gateway.ports.authorize;
  gateway.ports.authorize = async (call) => {
    const authorized = await authorize(call);
    if (authorized instanceof Authorized) decided = { call, authorized, resolved: call.resolved };
    return authorized;
  };
  const live = await fetch(`${gateway.url}${path}`, asAgent({ redirect: 'manual' }));
  gateway.ports.authorize = authorize;
  if (decided === undefined) throw new Error('nothing was authorized');
  const keeper = new AnswerKeeper();
  const port = portsOf(gateway.ports).open('plain');
  const presented = { token: GOOD_TOKEN, scheme: 'bearer', proofs: [], method: 'GET', url: '' } as const;
  const requestPort = await port.authenticate(presented);
  await requestPort.authorize(decided.call);
  const failure = await forward(
    { now: () => 0, dispatch: dialler.dispatch, limits: DEFAULT_LIMITS, log },
    {
      request_id: 'req_kept',
      arrived: 0,
      authorized: decided.authorized,
      resolved: decided.resolved,
      connection: gateway.connection,
      requestPort,
      publicBase: decided.call.public_base,
      response: keeper,
    },
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { live, failure, kept: keeper.kept() };
}

const namesOf = (headers: readonly string[]): string[] => headers.filter((_, at) => at % 2 === 0);

describe('an answer that is kept', () => {
  test('has status, headers and body as a client got them at the gateway', async () => {
    const { live, failure, kept } = await both((_, response) => {
      const link = `<${upstream.origin}/next>; rel="next"`;
      const headers = { 'content-type': 'application/json', link, 'set-cookie': 'a=b', 'x-own': '1' };
      response.writeHead(201, headers).end('{"made":true}');
    });
    expect(failure).toBeUndefined();
    expect([kept?.status, kept?.body?.toString()]).toEqual([live.status, await live.text()]);
    const own = new Set(['connection', 'keep-alive', 'transfer-encoding']);
    const sent = [...live.headers].filter(([name]) => !own.has(name));
    const headers = kept?.headers ?? [];
    expect([...namesOf(headers)].sort()).toEqual(sent.map(([name]) => name).sort());
    expect(headers[headers.indexOf('link') + 1]).toBe(live.headers.get('link'));
    expect(headers[headers.indexOf('writ-request') + 1]).toBe('req_kept');
  });

  test('is not kept when it redirects, is encoded, holds the credential or breaks off', async () => {
    const answers: ((request: IncomingMessage, response: ServerResponse) => void)[] = [
      (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('zip'),
      (request, response) => response.writeHead(200).end(`you sent ${request.headers.authorization}`),
    ];
    for (const answer of answers) {
      const { failure, kept } = await both(answer);
      expect([kept, failure instanceof ForwardFailure && failure.sent]).toEqual([undefined, true]);
    }
  });

  test('has no body where that is larger than 1 MiB, and keeps one of exactly 1 MiB', async () => {
    const of = (bytes: number) =>
      both((_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(bytes)));
    const fits = await of(1_048_576);
    expect([fits.kept?.status, fits.kept?.body?.length]).toEqual([200, 1_048_576]);
    const large = await of(1_048_577);
    expect([large.failure, large.kept?.status, large.kept?.body]).toEqual([undefined, 200, undefined]);
  });
});
