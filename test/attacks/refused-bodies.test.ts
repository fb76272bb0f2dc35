/** What a refusal leaves unread of a request's body: at no door does it cost the answer, and nowhere is it taken for a request. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScene, type Scene } from '../support/scene.ts';

let scene: Scene;
let token = '';
beforeAll(async () => {
  scene = await openScene();
  token = (await scene.token()).access_token;
});
afterAll(() => scene.close());

interface Door {
  readonly line: string;
  readonly lines?: readonly string[];
  readonly status: number;
}

const JSON_TYPE = 'Content-Type: application/json';
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded';
const DOORS: Readonly<Record<string, Door>> = {
  'the admin API, for its length': { line: 'POST /api/v1/session', lines: [JSON_TYPE], status: 413 },
  'the admin API, for its type': { line: 'POST /api/v1/session', status: 415 },
  'the admin API, to a stranger': { line: 'POST /api/v1/clients', lines: [JSON_TYPE], status: 401 },
  'a request that takes no body': { line: 'GET /healthz', status: 200 },
  'a path that is not there': { line: 'POST /api/v1/nothing', status: 404 },
  'a method that is not there': { line: 'PUT /api/v1/clients', status: 405 },
  'the self endpoints, to a stranger': {
    line: 'POST /api/v1/self/explain',
    lines: ['Authorization: Bearer x'],
    status: 401,
  },
  'the self endpoints, for its coding': {
    line: 'POST /api/v1/self/explain',
    lines: ['Authorization: Bearer TOKEN', JSON_TYPE, 'Content-Encoding: gzip'],
    status: 415,
  },
  'the token endpoint': { line: 'POST /oauth/token', lines: [FORM_TYPE], status: 413 },
  'the token endpoint, for its type': { line: 'POST /oauth/token', status: 400 },
  introspection: { line: 'POST /oauth/introspect', lines: [FORM_TYPE], status: 413 },
  revocation: { line: 'POST /oauth/revoke', lines: [FORM_TYPE], status: 413 },
  'the gateway, to a stranger': { line: 'POST /gateway/railway/graphql/v2', lines: [JSON_TYPE], status: 401 },
  'the gateway, for its coding': {
    line: 'POST /gateway/railway/graphql/v2',
    lines: ['Authorization: Bearer TOKEN', 'Content-Encoding: gzip'],
    status: 400,
  },
  'the front, for its host': { line: 'POST /api/v1/session', lines: ['Host: other.example'], status: 421 },
};
const doors = Object.entries(DOORS).map(([name, door]) => ({ name, ...door }));

const MIB = 1024 * 1024;
/** A body that is made of requests. */
const BODY = Buffer.alloc(6 * MIB, 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n');

function headOf({ line, lines = [] }: Door, framing: readonly string[]): string {
  const host = lines.some((each) => each.startsWith('Host:')) ? [] : [`Host: ${new URL(scene.broker.url).host}`];
  return [`${line} HTTP/1.1`, ...host, ...lines, ...framing, '', ''].join('\r\n').replace('TOKEN', token);
}

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(scene.broker.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Writes everything before it reads anything. */
async function sendAll(...pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = (await open()).pause();
  await new Promise((done) => {
    socket.on('close', done);
    for (const piece of pieces) socket.write(piece);
    socket.write('', done);
  });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

const statusesOf = (text: string): readonly number[] => (text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? []).map(Number);

describe.each(doors)('$name', (door) => {
  test.each([
    ['long', [`Content-Length: ${BODY.length}`]],
    ['of unknown length', ['Transfer-Encoding: chunked']],
  ])('who sends a body that is %s before reading anything gets the answer, and it alone', async (_, framing) => {
    const chunk = framing[0]?.startsWith('Transfer') === true ? `${BODY.length.toString(16)}\r\n` : '';
    for (let n = 0; n < 3; n += 1) {
      const answer = await sendAll(headOf(door, framing), chunk, BODY);
      expect(statusesOf(answer)).toEqual([door.status]);
      expect(answer).toMatch(/^connection: close\r$/im);
    }
  });

  test('the rest of a short body is read, and the connection serves the next request', async () => {
    const socket = await open();
    for (let n = 0; n < 3; n += 1) {
      socket.write(headOf(door, [`Content-Length: ${MIB}`]));
      socket.write(BODY.subarray(0, MIB / 2));
      const [answer] = await once(socket, 'data');
      expect(statusesOf(String(answer))).toEqual([door.status]);
      expect(String(answer)).not.toMatch(/^connection: close\r$/im);
      socket.write(BODY.subarray(MIB / 2, MIB));
    }
    socket.write(headOf({ line: 'GET /oauth/authorize', status: 400 }, []));
    const [next] = await once(socket, 'data');
    expect(String(next)).toContain('unsupported_response_type');
    socket.destroy();
  });
});
