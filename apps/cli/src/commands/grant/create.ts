import type { OutputOf } from '@writ/api';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { table } from '../../output/table.ts';
import { several, verb } from '../command.ts';
import { GRANT_COLUMNS } from './list.ts';
import { limitsText, previewOf, summary } from './preview.ts';
import { refusedRequest, type WantedGrant } from './refused.ts';
import { type GrantOptions, limitOptions, wantedGrants } from './wanted.ts';

/** `writ grant CLIENT WHAT...`: shows which operations that would allow, then grants it. With `--request`, what a refused request lacked. */
export function createGrant(makeCli: CliFactory): Command {
  const command = verb('create', {
    summary: 'Allows a client something, after showing what that comes to.',
    examples: [
      "writ grant my-agent 'acme/shared/*:read' 'acme/staging/*:read' 'acme/staging/domain*'",
      "writ grant my-agent 'acme/staging/deploy*' --ttl 30m --expires 7d --note 'release of the week'",
      "writ grant my-agent acme/staging/domainCreate \\\n    --where 'domainCreate input.domain ends_with .staging.example.com'",
      "writ grant my-agent 'acme/staging/*:destroy' --limit '5 *:destroy per day'",
      'writ grant --request req_01jd...',
    ],
    notes:
      'A * matches operations that read or write, never one that reveals, executes, destroys or escalates: those are named,\nor asked for by effect, as in domain*:destroy. `shared` is what a provider keeps outside any environment.\nWith --request the smallest grant is filled in that would have let a refused request pass, as its link says.',
  });
  const named = command
    .argument('[client]')
    .argument('[what...]', 'connection/environment/operations; quote what has a *')
    .option('--request <id>', 'grant what a refused request lacked, and no more')
    .option('--environment <slug>', 'of --request: where, if that is not known (may be given several times)', several);
  return limitOptions(named).action((client: string | undefined, pieces: string[], options: Options) =>
    run(makeCli(), { client, pieces, options }),
  );
}

type Options = GrantOptions & { readonly request?: string; readonly environment?: string[] };

interface NewGrants {
  readonly client: string | undefined;
  readonly pieces: readonly string[];
  readonly options: Options;
}

async function run(cli: Cli, given: NewGrants): Promise<void> {
  const { request } = given.options;
  if (request !== undefined) return await grantRefused(cli, request, given);
  const { client, pieces, options } = given;
  if (client === undefined || pieces.length === 0)
    throw usage('Say the client and what it is allowed, or --request with the id of a refused request.');
  if (options.environment !== undefined) throw usage('--environment goes with --request.');
  const wanted = wantedGrants(client, { pieces, options, now: cli.now() });
  if (cli.globals.json !== true) await agreeTo(cli, client, wanted);
  await make(cli, wanted);
}

/** A person has not typed what is filled in: it is always shown, and asked for. */
async function grantRefused(cli: Cli, request_id: string, { client, options }: NewGrants): Promise<void> {
  if (client !== undefined || options.resource !== undefined || options.where !== undefined)
    throw usage('--request fills in the client and what it is allowed; give only its limits beside it.');
  const { wanted, after } = await refusedRequest(cli, request_id, options);
  const [first] = wanted;
  if (first === undefined) return;
  await agreeTo(cli, first.client_id, wanted);
  await make(cli, wanted);
  if (after !== undefined) cli.out.remark(after);
}

async function agreeTo(cli: Cli, client: string, wanted: readonly WantedGrant[]): Promise<void> {
  const preview = await previewOf(cli, wanted);
  cli.out.remark(`This would allow ${client}:\n${summary(preview.items, cli.out.width)}\n${limitsText(preview)}`);
  await cli.agree('Grant it?');
}

async function make(cli: Cli, wanted: readonly WantedGrant[]): Promise<void> {
  const made: OutputOf<'grants.create'>[] = [];
  for (const grant of wanted) made.push(await cli.call('grants.create', grant));
  cli.show({ items: made }, () => table(made, GRANT_COLUMNS, cli.out.width));
}
