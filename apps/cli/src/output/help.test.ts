import { expect, test } from 'vitest';
import { helpText } from './help.ts';

test('help fits its width, and an example broken over lines is still the same command', () => {
  const command = `writ grant my-agent 'railway/staging/*:read and more' --note "a b" --ttl 30m --expires 7d --where 'x y z'`;
  const text = helpText(`A sentence that is longer than the width of forty.\n\nExamples:\n  ${command}`, {
    program: 'npx writ',
    width: 50,
  });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50);
  const [, example = ''] = text.split('Examples:\n');
  expect(example.replaceAll(/ \\\n +/g, ' ').trim()).toBe(`npx ${command}`);
});
