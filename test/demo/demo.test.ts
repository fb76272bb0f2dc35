import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pinnedNode } from '../support/broker-process.ts';
import { collectOutput } from '../support/output.ts';
import { root } from '../support/sources.ts';

test('the demo shows the incident without Writ and with it, and ends well only if all happened as told', {
  timeout: 120_000,
}, async () => {
  const child = spawn(pinnedNode(), ['--conditions=source', join(root, 'test/demo/main.ts')]);
  const written = collectOutput(child);
  const code = await new Promise((resolve) => child.once('close', resolve));
  const output = written.all;
  expect(code, output).toBe(0);
  for (const said of [
    'Without Writ',
    'With Writ',
    'A human says no',
    'approval_required',
    'approval_denied',
    'Side by side',
    '{"volumeDelete":true}',
    '1 of 2 left',
    '2 of 2 left',
  ]) {
    expect(output).toContain(said);
  }
  expect(output.replace(/\s+/g, ' ')).toContain('Nothing was sent. volumeDelete would destroy volume v_prod');
  // Not a terminal: no colours, and nothing wider than the page but an address, which is never broken.
  expect(output).not.toContain('\u001b');
  expect(output.split('\n').filter((line) => line.length > 80 && !/^ *http:\S+$/.test(line))).toEqual([]);
});
