/** A request for a token as a person reads it before a yes. */
import type { OutputOf } from '@writ/api';
import { compactScope, type Detail, inert } from '@writ/core';
import { record, table } from '../../output/table.ts';
import { duration, wrap } from '../../output/text.ts';

type Token = NonNullable<OutputOf<'approvals.get'>['token']>;
type Reached = Token['reaches'][number];

/** What is asked for, what of it no grant covers, what was given, and what the token would reach. */
export function tokenParts(token: Token, width: number): string[] {
  const { authorization_details: asked, beyond, given, reaches, reaches_more } = token;
  const more =
    reaches_more === 0 ? [] : ['', ...wrap(`And ${reaches_more} more operations, no worse than these.`, width)];
  return [
    record(
      {
        resource: token.resource,
        life: `${duration(token.expires_in)}, from when the client comes for it`,
        bound: token.bound ? 'good only with the proof of the key that asked' : 'to no key: whoever has it can use it',
      },
      width,
    ),
    listed('It asks for:', asked, width),
    beyond.length === 0 ? '' : ['Of that no grant of the client covers:', ...lines(beyond, width)].join('\n'),
    given === null ? '' : listed('Given of it, where both cover a call:', given, width),
    [
      ...wrap('It would reach, and the guardrails would say of each request:', width),
      reachTable(reaches, width),
      ...more,
    ].join('\n'),
  ];
}

function listed(title: string, details: readonly Detail[], width: number): string {
  return [title, ...details.flatMap((detail) => detailLines(detail, width))].join('\n');
}

/** Each piece in its short form; resources and conditions as they are written. */
function detailLines(detail: Detail, width: number): string[] {
  const { resources, arguments: conditions } = detail;
  return [
    ...lines(
      compactScope(detail).map((piece) => `${detail.connection}/${piece}`),
      width,
    ),
    ...(resources === undefined
      ? []
      : lines([`only of ${resources.join(', ')}`], width - 2).map((line) => `  ${line}`)),
    ...(conditions === undefined
      ? []
      : lines([`only where ${JSON.stringify(conditions)}`], width - 2).map((line) => `  ${line}`)),
  ];
}

function lines(pieces: readonly string[], width: number): string[] {
  return pieces.flatMap((piece) => wrap(inert(piece), width - 2).map((line) => `  ${line}`));
}

function reachTable(reaches: readonly Reached[], width: number): string {
  const columns = {
    operation: ({ operation }: Reached) => operation,
    effect: ({ effect }: Reached) => effect,
    in: ({ environments, environments_more, protected_more = 0 }: Reached) => [
      ...environments.map(({ slug, kind, outcome }) => `${slug} (${kind}): ${outcome}`),
      ...(environments_more === 0
        ? []
        : [`and ${environments_more} more${protected_more === 0 ? '' : `, ${protected_more} of them protected`}`]),
    ],
  };
  return table(reaches, columns, width);
}
