import { expect, test } from 'vitest';
import { asCalled } from './as-called.ts';
import { createOutput, inertJson } from './output.ts';
import { table } from './table.ts';
import { duration, moment, wrap } from './text.ts';

const items = [
  { id: 'a', text: 'short' },
  { id: 'b'.repeat(30), text: 'many words that do not fit into one line of the table at all, so they are wrapped' },
];

test('a table never exceeds its width, and loses nothing', () => {
  const text = table(items, { id: (item) => item.id, text: (item) => item.text }, 60);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  for (const word of items[1]?.text.split(' ') ?? []) expect(text).toContain(word);
});

test('a selector is broken at a slash or a comma, and an id not at all', () => {
  const grant = { id: `grt_${'0'.repeat(26)}`, client: 'my-agent', allows: ['backboard/*/Project.environments'] };
  const columns = {
    grant: ({ id }: typeof grant) => id,
    client: (item: typeof grant) => item.client,
    allows: (item: typeof grant) => [...item.allows, 'railway/staging/customDomain*'],
    limits: () => 'tokens 15 min',
  };
  const text = table([grant], columns, 80);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const whole of [grant.id, 'Project.environments', 'customDomain*']) expect(text).toContain(whole);
  expect(wrap('backboard/*/Project.environments', 16)).toEqual(['backboard/*/', 'Project.', 'environments']);
  expect(wrap(`a,${'b'.repeat(9)}`, 4)).toEqual(['a,', 'bbbb', 'bbbb', 'b']);
});

test('ids that do not fit beside each other are whole all the same, the last under its row', () => {
  const token = { id: `tok_${'0'.repeat(26)}`, client: 'my-agent', task: `tsk_${'1'.repeat(26)}` };
  const columns = {
    token: ({ id }: typeof token) => id,
    client: (item: typeof token) => item.client,
    expires: () => '2026-11-27 21:13Z',
    task: (item: typeof token) => item.task,
  };
  const lines = table([token, { ...token, task: '' }], columns, 80).split('\n');
  const row = `${token.id}  my-agent  2026-11-27 21:13Z`;
  expect(lines.slice(1)).toEqual([row, `  task: ${token.task}`, row]);
  expect(table([token], columns, 120).split('\n')).toHaveLength(2);
});

test('on a terminal a sentence is broken between words, and nothing else is broken', () => {
  const written: string[] = [];
  const screen = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
  const out = createOutput(screen as never, screen as never, 'writ');
  const command = '  writ grant my-agent CONNECTION/ENVIRONMENT/OPERATIONS';
  const note = `— writ.example ${'x'.repeat(60)} y`;
  out.write(`It may do nothing until you grant it something:\n${command}\n${note}`);
  expect(written.join('')).toBe(`It may do nothing until you grant it\nsomething:\n${command}\n${note}\n`);
});

test('a line break in a cell does not make a line', () => {
  expect(table([{ a: 'x\ny' }], { a: (item) => item.a }, 80)).toBe('A\nx\\u{a}y');
});

test('JSON keeps its value and has no character that acts', () => {
  const value = { text: 'a\u001b[2J\u202e\u009b\u2028\ufeffz', list: ['ü', '日本'] };
  expect(JSON.parse(inertJson(value))).toEqual(value);
  expect(inertJson(value)).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}/u);
  expect(inertJson(value)).toContain('日本');
});

test('times and durations are written for people', () => {
  expect(moment('2026-11-22T12:53:01.123Z')).toBe('2026-11-22 12:53Z');
  expect(moment(null)).toBe('-');
  expect([duration(900), duration(3600), duration(90_061), duration(0)]).toEqual(['15 min', '1 h', '1 d 1 h', '0 s']);
  expect(wrap('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij']);
});

test('commands in our sentences are written as the program was called, once', () => {
  const npx = (text: string): string => asCalled(text, 'npx writ');
  expect(npx('Sign in with `writ login`. Next: writ connect railway')).toBe(
    'Sign in with `npx writ login`. Next: npx writ connect railway',
  );
  expect(npx('Usage: writ [options]\n  writ user setup\nexport T=$(writ token x)')).toBe(
    'Usage: npx writ [options]\n  npx writ user setup\nexport T=$(npx writ token x)',
  );
  for (const text of ['writ: No broker', 'npx writ login', 'Writ holds', '@writ/cli', 'a.writ b']) {
    expect(npx(text)).toBe(text);
  }
  expect(asCalled('`writ login`', 'writ')).toBe('`writ login`');
});
