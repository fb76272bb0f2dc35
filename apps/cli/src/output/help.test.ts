import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../program.ts';
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

test('every line of every help fits 80 columns', () => {
  const program = createProgram(() => {
    throw new TypeError('no action runs');
  });
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  let text = '';
  const writeOut = (part: string): void => {
    text += helpText(part, { program: 'npx writ', width: 80 });
  };
  for (const command of all(program)) command.configureOutput({ writeOut, getOutHelpWidth: () => 80 });
  for (const command of all(program)) command.outputHelp();
  const lines = text.split('\n');
  expect(lines.length).toBeGreaterThan(1000);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
