/** The documents on CI, read: each system's section, and the facts that it must state. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CI_SYSTEMS, type CiSystemId } from '@writ/core';
import type { CiSystem } from '../../packages/tokens/src/issuers/ci-system.ts';
import { ciSystem } from '../../packages/tokens/src/issuers/systems.ts';
import { root } from '../support/sources.ts';

/** The documents, from the root. */
export const DOCUMENTS = ['docs/ci.md', 'docs/workloads.md'] as const;

/** A section. */
export interface Section {
  readonly ci: CiSystemId;
  readonly title: string;
  readonly text: string;
  /** The admin's command. */
  readonly command: string;
  /** What `--pin` names. */
  readonly pins: readonly string[];
  /** The last block of code: the job. */
  readonly job: string;
}

/** Reads a file of the tree. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every section that is about a system. */
export function sections(): Section[] {
  return DOCUMENTS.flatMap((path) => read(path).split(/^## /m).slice(1)).flatMap((text) => {
    const [, name, command = ''] = /<!-- ci: (\w+) -->\n```sh\n([\s\S]*?)```/.exec(text) ?? [];
    const ci = CI_SYSTEMS.find((id) => id === name);
    if (ci === undefined) return [];
    const pins = [...command.matchAll(/--pin '?([^=\s']+)=/g)].map((match) => match[1] ?? '');
    const job = [...text.matchAll(/```\w+\n([\s\S]*?)```/g)].at(-1)?.[1] ?? '';
    return [{ ci, title: text.split('\n')[0] ?? '', text, command, pins: [...new Set(pins)], job }];
  });
}

/** What a section must say of its system: what each pinned claim is, and what is refused under every policy. */
export function factsOf(id: CiSystemId, pins: readonly string[]): string[] {
  const system = ciSystem(id);
  const pinned = pins.map((pin) => {
    const claim = system.claims.find(({ name }) => name === pin);
    return `- \`${pin}\`${claim?.kind === 'id' ? ', an id' : ''}. ${claim?.about ?? ''}`;
  });
  const refused = system.refused.map(
    ({ claim, values, because }) =>
      `- Always refused: \`${claim}\` ${values.map((value) => `\`${value}\``).join(', ')}; ${because}.`,
  );
  const never = system.never_pin.map((name) => `\`${name}\``).join(', ');
  return [...pinned, ...refused, ...(never === '' ? [] : [`- Never to be pinned: ${never}.`]), useOf(system)];
}

function useOf({ replay }: CiSystem): string {
  if (replay.rule === 'single_use') return '- Each identity token is good once.';
  return '- There is one identity token a job: it is good five times, each time for the same or less.';
}
