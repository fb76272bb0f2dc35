import type { OutputOf, RequestOf } from '@writ/api';
import { compactScope, defined, inert } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { EXIT, Failure, usage } from '../../failure.ts';
import { table } from '../../output/table.ts';
import { type GrantOptions, limitsIn } from './wanted.ts';

/** A grant to be made. */
export type WantedGrant = RequestOf<'grants.create'>;

type Refusal = OutputOf<'refusals.get'>;
type Missing = Refusal['missing'][number];

/**
 * The grants that a refused request lacked, after they were shown. `after`: what the client has to do besides. Throws, with the reason,
 * where no grant would do.
 */
export async function refusedRequest(
  cli: Cli,
  request_id: string,
  options: GrantOptions & { readonly environment?: string[] },
): Promise<{ readonly wanted: readonly WantedGrant[]; readonly after: string | undefined }> {
  const refusal = await cli.call('refusals.get', { request_id });
  const { missing, grant_for, token_lacks } = refusal;
  cli.out.remark(refusedText(refusal, cli.out.width));
  if (grant_for === null && missing.length > 0)
    cli.out.remark(`authorization_details: ${inert(JSON.stringify(missing))}`);
  if (grant_for === null || missing.length === 0)
    throw new Failure(EXIT.failed, `No grant was made. ${inert(refusal.why ?? 'Nothing is missing.')}`);
  const environments = await environmentsFor(cli, refusal, options.environment);
  const wanted = missing.map(({ type: _, environments: known, ...scope }) => ({
    client_id: grant_for,
    ...scope,
    environments: known ?? environments,
    ...limitsIn(options, cli.now()),
  }));
  cli.out.remark(wanted.map(grantText).join('\n'));
  const after = `${inert(grant_for)} asks for a new token then: the one it sent names less.`;
  return { wanted, after: token_lacks ? after : undefined };
}

/** The environments, where the log does not know them: as given, or as a person says. */
async function environmentsFor(cli: Cli, refusal: Refusal, given: string[] | undefined): Promise<string[]> {
  const isKnown = refusal.missing.every(({ environments }) => environments !== undefined);
  if (isKnown && given !== undefined)
    throw usage('--environment is for a request of which it is not known where it lies.');
  if (isKnown || given !== undefined) return given ?? [];
  const { items } = await cli.call('environments.list', {
    connection: refusal.missing[0]?.connection ?? '',
    limit: 1000,
  });
  const names = ['shared', ...items.map(({ slug }) => slug)].map(inert).join(', ');
  if (!cli.prompt.asks) throw usage(`${inert(refusal.why ?? '')} Say where with --environment: ${names}.`);
  const typed = await cli.prompt.line(`In which environments (${names})? `);
  return typed.split(/[\s,]+/).filter((slug) => slug !== '');
}

function refusedText({ request_id, at, code, client_id, operations, why }: Refusal, width: number): string {
  const head = `${inert(request_id)} of ${inert(client_id ?? 'nobody known')} was refused at ${at}: ${inert(code)}.`;
  if (operations.length === 0) return head;
  const columns = {
    operation: (item: Refusal['operations'][number]) => item.name,
    effect: (item: Refusal['operations'][number]) => item.effect,
    in: (item: Refusal['operations'][number]) => (item.environments.length > 0 ? item.environments : 'not known'),
    on: (item: Refusal['operations'][number]) => item.targets,
  };
  return [head, table(operations, columns, width), ...(why === null ? [] : [inert(why)])].join('\n');
}

/** A grant whole: nothing of what is filled in goes unseen. */
function grantText(grant: WantedGrant): string {
  const { connection, resources = [], arguments: conditions = {} } = defined(grant);
  const lines = compactScope({ ...grant }).map((line) => `${connection}/${line}`);
  const where = Object.entries(conditions).flatMap(([operation, paths]) =>
    Object.entries(paths).map(([path, condition]) => `  where ${operation} ${path} ${comparison(condition)}`),
  );
  return [...lines, ...resources.map((resource) => `  only ${resource}`), ...where].map(inert).join('\n');
}

function comparison(condition: NonNullable<Missing['arguments']>[string][string]): string {
  return Object.entries(condition)
    .map(([word, value]) => `${word} ${JSON.stringify(value)}`)
    .join(' ');
}
