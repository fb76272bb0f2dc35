/** `writ token --wait`: asks a human for what no grant covers, and waits for the answer. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeScene, openFakeScene } from './fake-broker.ts';

const PENDING = { error: 'authorization_pending', error_description: 'Nobody has answered yet.' };
const CODE = { deferral_code: 'writ_dc_made-for-this-test', interval: 0, interaction_uri: 'http://x/approvals/apr_1' };
const TOKEN = {
  access_token: 'fake',
  token_type: 'Bearer',
  expires_in: 900,
  task_id: 'tsk_1',
  authorization_details: [],
};

let scene: FakeScene;
let answers: readonly (readonly [number, unknown])[] = [];
let asked: (string | undefined)[] = [];
beforeAll(async () => {
  scene = await openFakeScene(({ url, headers }) => {
    if (url !== '/oauth/token') return { status: 404, body: {} };
    const [status, body] = answers[asked.length] ?? [500, {}];
    asked.push(String(headers['prefer'] ?? ''));
    return { status, body };
  });
});
afterAll(() => scene?.close());
beforeEach(() => {
  asked = [];
});

const ASK = ['token', 'my-agent', '--only', 'acme/production/x:reveal', '--wait', '1m', '--raw'];
const wait = () => scene.home.writ(ASK, ['writ_cs_made-for-this-test']);

test('says where a human looks at it, polls while nobody has answered, and prints the token', async () => {
  answers = [
    [400, { ...PENDING, ...CODE }],
    [400, { ...PENDING, interval: 0 }],
    [200, TOKEN],
  ];
  const { code, stdout, stderr } = await wait();
  expect([code, stdout.trim()]).toEqual([0, 'fake']);
  expect(stderr).toMatch(/A human is asked: http:\/\/x\/approvals\/apr_1 \(.*writ approvals show apr_1\)/);
  expect(asked[0]).toBe('');
  expect(asked.slice(1).every((prefer) => /^wait=\d+$/.test(prefer ?? ''))).toBe(true);
});

test('ends with what a human said', async () => {
  answers = [
    [400, { ...PENDING, ...CODE }],
    [400, { error: 'access_denied', error_description: 'A human did not approve it: Use staging.' }],
  ];
  const { code, stderr } = await wait();
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/Use staging\./);
});
