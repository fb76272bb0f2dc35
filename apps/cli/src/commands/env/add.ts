import type { RequestOf } from '@writ/api';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { table } from '../../output/table.ts';
import { several, verb } from '../command.ts';
import { type Provider, providerOf } from '../providers/list.ts';
import { ENVIRONMENT_COLUMNS } from './list.ts';

interface Options {
  readonly id?: string[];
  readonly select?: string[];
  readonly protected?: boolean;
}

/** `writ env add`: adds an environment, which stands for some of the provider's environments. */
export function addEnvironment(makeCli: CliFactory): Command {
  return verb('add', {
    summary: "Names an environment, by the provider's ids of what it stands for.",
    examples: [
      'writ env add acme staging --id 4f1c0f0e-1111-2222-3333-444455556666',
      'writ env add acme previews --select previews_of=90ab0f0e-1111-2222-3333-444455556666',
    ],
    notes: "What --select takes is the provider's: `writ providers` lists it.",
  })
    .argument('<connection>')
    .argument('<environment>', 'its name in grants')
    .option('--id <id>', "the id of one of the provider's environments (may be given several times)", several)
    .option('--select <field=id>', 'what else it stands for, by a field of the provider (several times)', several)
    .option('--protected', 'destruction and escalation in it wait for a human')
    .action((connection: string, slug: string, options: Options) => run(makeCli(), { connection, slug }, options));
}

async function run(
  cli: Cli,
  named: { readonly connection: string; readonly slug: string },
  options: Options,
): Promise<void> {
  const selector = selectorOf(await providerOf(cli, named.connection), options);
  const isProtected = options.protected === true ? { protected: true } : {};
  const environment = await cli.call('environments.create', { ...named, selector, ...isProtected });
  cli.show(environment, () => table([environment], ENVIRONMENT_COLUMNS, cli.out.width));
}

/** The broker checks whether the fields go together and the ids exist. */
function selectorOf(
  { selector_fields: fields }: Provider,
  { id: ids = [], select = [] }: Options,
): RequestOf<'environments.create'>['selector'] {
  const selector = new Map<string, string[]>();
  const add = (name: string, id: string): unknown => selector.set(name, [...(selector.get(name) ?? []), id]);
  const plain = fields.find(({ ephemeral }) => !ephemeral)?.name;
  for (const id of ids) add(plain ?? nothingSaid(fields), id);
  for (const piece of select) {
    const [, name = nothingSaid(fields), id = ''] = /^([^=]+)=(.+)$/s.exec(piece) ?? [];
    add(name, id);
  }
  return selector.size === 0 ? nothingSaid(fields) : Object.fromEntries(selector);
}

function nothingSaid(fields: Provider['selector_fields']): never {
  const choices = fields.map(({ name, id_of, title }) => `--select ${name}=ID for ${title} (the id of a ${id_of})`);
  throw usage(`Say what the environment stands for, once or several times: ${choices.join(', or ')}.`);
}
