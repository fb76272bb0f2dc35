import { DETAIL_TYPE, type Detail, inert } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { scopesOf } from '../../input/scope.ts';
import { type Answer, issuerOf } from '../../oauth.ts';
import { duration, wrap } from '../../output/text.ts';

/** The options of a token request, the same for every kind of it. */
export interface OrderOptions {
  readonly task?: string;
  readonly taskId?: string;
  readonly only?: string[];
  readonly expiresIn?: number;
  readonly resource?: string;
  readonly raw?: boolean;
}

/** Puts these options into the form of a token request. */
export async function putOrder(cli: Cli, form: URLSearchParams, options: OrderOptions): Promise<void> {
  const put = (name: string, value: string | undefined): void =>
    value === undefined ? undefined : form.set(name, value);
  put('task', options.task);
  put('task_id', options.taskId);
  put('expires_in', options.expiresIn?.toString());
  if (options.resource !== undefined) put('resource', resourceOf(options.resource, await issuerOf(cli)));
  put('authorization_details', options.only === undefined ? undefined : JSON.stringify(detailsOf(options.only)));
}

/** Shows the token and what it covers; with `raw` the token and nothing else. */
export function showToken(cli: Cli, answer: Answer, { raw, expiresIn = 0 }: OrderOptions): void {
  if (answer.expires_in < expiresIn) {
    cli.out.remark(
      `Asked for ${duration(expiresIn)}, given ${duration(answer.expires_in)}: nothing allows a longer life.`,
    );
  }
  if (raw === true) cli.out.write(answer.access_token);
  else cli.show(answer, () => tokenText(answer, cli.out.width));
}

function resourceOf(wanted: string, issuer: string): string {
  if (wanted === 'api') return `${issuer}/api/v1`;
  return wanted === 'gateway' ? `${issuer}/gateway` : `${issuer}/gateway/${wanted}`;
}

function detailsOf(pieces: readonly string[]): Detail[] {
  return scopesOf(pieces).map((scope) => ({ type: DETAIL_TYPE, ...scope }));
}

function tokenText(answer: Answer, width: number): string {
  const covers = answer.authorization_details.flatMap((detail) =>
    detail.environments.map((environment) => `${detail.connection}/${environment}: ${detail.operations.join(', ')}`),
  );
  return [
    `Good for ${duration(answer.expires_in)}${answer.task_id === undefined ? '' : `, task ${answer.task_id}`}. It covers:`,
    ...covers.flatMap((line) => wrap(inert(line), width - 2).map((part) => `  ${part}`)),
    '',
    answer.access_token,
  ].join('\n');
}
