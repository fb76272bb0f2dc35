import { Secret } from '@writ/core';
import { expect, test } from 'vitest';
import type { Cli } from '../../cli.ts';
import { keyCopyFindings } from './key-file.ts';

const kek_id = 'local_0011223344556677';
const answered = { copy_answered_at: '2026-11-28T06:00:00.000Z', copy_answered_by: 'user:usr_1' };
const open = { kek_id, created_at: '2026-11-01T00:00:00.000Z', copy_kept: null, copy_answered_at: null };

interface Scene {
  readonly copy_kept?: boolean;
  /** What is typed to each question. */
  readonly types?: string;
  readonly asks?: boolean;
  readonly role?: string;
  readonly json?: boolean;
  readonly token?: boolean;
}

/** A command line at a broker that has this answer; tells what was asked and what was sent. */
function scene({ copy_kept, types = '', asks = true, role = 'admin', json = false, token = false }: Scene) {
  const asked: string[] = [];
  const sent: unknown[] = [];
  const call = async (id: string, input: { copy_kept?: boolean }): Promise<unknown> => {
    if (id === 'me.get') return { role };
    if (id === 'key_file.get') return { ...open, ...(copy_kept !== undefined && { copy_kept, ...answered }) };
    sent.push(input);
    return { ...open, ...answered, copy_kept: input.copy_kept };
  };
  const line = async (question: string, check: (answer: string) => string | undefined): Promise<string> => {
    asked.push(question);
    expect(check(types)).toBeUndefined();
    expect(check('maybe')).toBe('Answer with yes, no or later.');
    return types;
  };
  const config = { broker: { keyFile: '/somewhere/key' }, ...(token && { token: new Secret('fake', 'access token') }) };
  const prompt = { asks, line, say: (sentence: string) => asked.push(sentence) };
  return { cli: { call, config, prompt, globals: { json } } as unknown as Cli, asked, sent };
}

test.each([
  ['yes', true, 'ok'],
  ['n', false, 'notice'],
])('who may answer is asked once, and %s is remembered', async (types, copy_kept, state) => {
  const { cli, asked, sent } = scene({ types });
  expect(await keyCopyFindings(cli)).toMatchObject([{ state }]);
  expect(sent).toEqual([{ kek_id, copy_kept }]);
  expect(asked).toEqual([
    expect.stringContaining('A copy on the same machine or disk is no copy.'),
    expect.any(String),
  ]);
  const after = scene({ copy_kept });
  await keyCopyFindings(after.cli);
  expect(after.asked).toEqual([]);
});

test('what was said is told with its day: a copy quietly, none each time with what to do', async () => {
  expect(await keyCopyFindings(scene({ copy_kept: true }).cli)).toEqual([
    { state: 'ok', what: `A copy of the key file (key ${kek_id}) lies on another machine, as was said on 2026-11-28.` },
  ]);
  const [none] = await keyCopyFindings(scene({ copy_kept: false }).cli);
  expect(none).toMatchObject({
    state: 'notice',
    what: expect.stringMatching(/There is no copy .* 2026-11-28\. Without/),
  });
  expect(none?.remedy).toMatch(/^Copy .*\/somewhere\/key.* Then: writ key-file copied$/);
});

test.each<[string, Scene, number]>([
  ['says later', { types: 'later' }, 2],
  ['may not answer', { role: 'approver' }, 0],
  ['is not there', { asks: false }, 0],
  ['wants JSON', { json: true }, 0],
  ['is a client', { token: true }, 0],
])('whoever %s is told the commands, and nothing is remembered', async (_, of, questions) => {
  const { cli, asked, sent } = scene(of);
  const remedy = 'writ key-file copied, or writ key-file copied --no';
  expect(await keyCopyFindings(cli)).toMatchObject([{ state: 'notice', remedy }]);
  expect([asked.length, sent]).toEqual([questions, []]);
});
