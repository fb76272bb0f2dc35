import type { OutputOf } from '@writ/api';
import { inert } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { EXIT, Failure } from '../../failure.ts';
import { verb } from '../command.ts';

type Entry = OutputOf<'audit.list'>['items'][number];

/** `writ guardrail undo`: shows the change first. */
export function undoGuardrails(makeCli: CliFactory): Command {
  return verb('undo', {
    summary: 'Takes back a change by which something is guarded less, if nothing was changed since.',
    examples: ['writ guardrail undo req_01jd...'],
    notes: 'It takes back changes of guardrails, and of the protection or selector of an environment.',
  })
    .argument('<request>', 'the id that the notice names')
    .action(async (request_id: string) => {
      const cli = makeCli();
      const { items } = await cli.call('audit.list', { request_id });
      const entry = items.find(
        ({ event }) => event['kind'] === 'guardrails.replaced' || event['kind'] === 'environment.changed',
      );
      if (entry === undefined)
        throw new Failure(EXIT.failed, `The log has no change of what guards by ${inert(request_id)}.`);
      cli.out.remark(changeText(entry));
      await cli.agree('Take it back?');
      const undone = await cli.call('guardrails.undo', { request_id });
      cli.show(undone, () => `Taken back: it is guarded as before.`);
    });
}

const TOLD = ['loosened', 'added', 'removed', 'slug', 'protected', 'selector', 'before'];

function changeText({ event }: Entry): string {
  const data = Object.entries(Object(event['data']) as Record<string, unknown>).filter(([name]) => TOLD.includes(name));
  const head = `${event['at']} ${event['actor']} ${event['kind']} ${event['connection'] ?? ''}`;
  return [head.trim(), ...data.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)].map(inert).join('\n');
}
