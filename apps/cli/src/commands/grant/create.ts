import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { table } from '../../output/table.ts';
import { verb } from '../command.ts';
import { GRANT_COLUMNS } from './list.ts';
import { limitsText, previewOf, summary } from './preview.ts';
import { type GrantOptions, grantOptions, wantedGrants } from './wanted.ts';

/** `writ grant CLIENT WHAT...`: shows which operations that would allow, then grants it. */
export function createGrant(makeCli: CliFactory): Command {
  const command = verb('create', {
    summary: 'Allows a client something, after showing what that comes to.',
    examples: [
      "writ grant my-agent 'acme/shared/*:read' 'acme/staging/*:read' 'acme/staging/domain*'",
      "writ grant my-agent 'acme/staging/deploy*' --ttl 30m --expires 7d --note 'release of the week'",
      "writ grant my-agent acme/staging/domainCreate \\\n    --where 'domainCreate input.domain ends_with .staging.example.com'",
      "writ grant my-agent 'acme/staging/*:destroy' --limit '5 *:destroy per day'",
    ],
    notes:
      'A * matches operations that read or write, never one that reveals, executes, destroys or escalates: those are named,\nor asked for by effect, as in domain*:destroy. `shared` is what a provider keeps outside any environment.',
  });
  return grantOptions(command).action((client: string, pieces: string[], options: GrantOptions) =>
    run(makeCli(), { client, pieces, options }),
  );
}

type NewGrants = { readonly client: string; readonly pieces: readonly string[]; readonly options: GrantOptions };

async function run(cli: Cli, { client, pieces, options }: NewGrants): Promise<void> {
  const wanted = wantedGrants(client, { pieces, options, now: cli.now() });
  const preview = await previewOf(cli, wanted);
  if (cli.globals.json !== true) {
    cli.out.remark(`This would allow ${client}:\n${summary(preview.items, cli.out.width)}\n${limitsText(preview)}`);
    await cli.agree('Grant it?');
  }
  const made: OutputOf<'grants.create'>[] = [];
  for (const grant of wanted) made.push(await cli.call('grants.create', grant));
  cli.show({ items: made }, () => table(made, GRANT_COLUMNS, cli.out.width));
}
