import { readFile } from 'node:fs/promises';
import type { RequestOf } from '@writ/api';
import { DETAIL_TYPE, inert, JSON_LIMITS, JsonError, parseJsonObjectStrictly } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { scopesOf } from '../../input/scope.ts';
import { several, verb } from '../command.ts';
import { providerOf } from '../providers/list.ts';
import { explanationText } from './text.ts';

interface Options {
  readonly client?: string;
  readonly as?: string[];
  readonly connection: string;
  readonly query?: string;
  readonly variables?: string;
  readonly path?: string;
  readonly file?: string;
}

type ExplainedRequest = RequestOf<'explain'>['request'];

/** `writ explain`: what a provider request would do, and why it would be allowed or refused. */
export function explain(makeCli: CliFactory): Command {
  return verb('explain', {
    summary: 'Says what a provider request would do, and why it would be allowed or refused. Sends nothing on.',
    examples: [
      'writ explain --client my-agent --connection acme --query \'mutation { domainDelete(id: "d_1") }\'',
      "writ explain --as 'acme/staging/*:read' --connection acme --file request.json",
    ],
    notes:
      'request.json holds {"method", "path", "headers"?, "body"?}, with the path as the provider has it and the body as text.\nThe exit code is 0 for every decision.',
  })
    .option('--client <client>', 'as this client, with what it is granted now')
    .option('--as <piece>', 'as a token that covers this: connection/environment/operations (several times)', several)
    .requiredOption('--connection <connection>', 'where the request would go')
    .option('--query <document>', 'a GraphQL document')
    .option('--variables <json>', 'its variables')
    .option('--path <path>', "the provider's path for --query (default: where the provider takes such documents)")
    .option('--file <file>', 'the whole request as JSON')
    .action((options: Options) => run(makeCli(), options));
}

async function run(cli: Cli, options: Options): Promise<void> {
  const request = options.file === undefined ? await graphqlRequest(cli, options) : await fileRequest(options.file);
  const explanation = await cli.call('explain', { connection: options.connection, request, ...whoOf(options) });
  cli.show(explanation, () => explanationText(explanation, cli.out.width));
}

function whoOf(options: Options): Pick<RequestOf<'explain'>, 'client_id' | 'authorization_details'> {
  if (options.client !== undefined && options.as === undefined) return { client_id: options.client };
  if (options.as !== undefined && options.client === undefined) {
    return { authorization_details: scopesOf(options.as).map((scope) => ({ type: DETAIL_TYPE, ...scope })) };
  }
  throw usage('Say for whom: either --client, or --as once or several times.');
}

async function graphqlRequest(cli: Cli, options: Options): Promise<ExplainedRequest> {
  const { connection, query, variables } = options;
  if (query === undefined)
    throw usage('Give the request: --query with a GraphQL document, or --file with the whole of it.');
  const body = { query, ...(variables !== undefined && { variables: objectOf(variables, '--variables') }) };
  const path = options.path ?? (await graphqlPath(cli, connection));
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function graphqlPath(cli: Cli, connection: string): Promise<string> {
  const { title, example } = await providerOf(cli, connection);
  if (!example.graphql) throw usage(`${inert(title)} takes no GraphQL document: give the whole request with --file.`);
  return example.path;
}

async function fileRequest(path: string): Promise<ExplainedRequest> {
  // The broker checks its members, and names the field.
  return objectOf(await readFile(path, 'utf8'), path) as unknown as ExplainedRequest;
}

function objectOf(text: string, where: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonObjectStrictly(text, { ...JSON_LIMITS, bytes: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw error instanceof JsonError ? usage(`${where} ${error.message}.`) : error;
  }
}
