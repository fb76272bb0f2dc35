import { inert, Secret } from '@writ/core';
import type { Cli } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { checkToken } from '../../input/answers.ts';
import { insist } from '../../input/insist.ts';
import type { Check } from '../../input/prompt.ts';
import { kindsOf, meant, type Provider } from '../providers/list.ts';

/** A root credential to give to the broker. Its kind may be corrected on the way, for the rest of the command. */
export interface RootCredential {
  /** The thing whose token it is, as the question names it. */
  readonly of: string;
  /** The kinds that its provider takes. */
  readonly kinds: readonly string[];
  kind: string;
}

/**
 * A root credential of a kind that its provider takes; without a named kind, the usual one. For another kind the kinds are listed, and a
 * person at the terminal is asked which one was meant.
 */
export async function rootCredential(
  cli: Cli,
  {
    provider,
    of,
    kind: named,
  }: { readonly provider: Provider; readonly of: string; readonly kind: string | undefined },
): Promise<RootCredential> {
  const kind = named ?? provider.usual_credential_kind;
  const token = { of, kinds: kindsOf(provider), kind };
  const problem = checkKind(token)(kind);
  if (problem === undefined) return token;
  if (!cli.prompt.asks) throw usage(`--kind: ${problem}`);
  cli.prompt.say(`--kind: ${problem}`);
  return { ...token, kind: await askKind(cli, token) };
}

/** Asks for the token and gives it to `send`. Where a part of it is refused, only that part is asked for again. */
export async function handOver<T>(
  cli: Cli,
  token: RootCredential,
  send: (given: { readonly kind: string; readonly value: string }) => Promise<T>,
): Promise<T> {
  let value = await askValue(cli, token);
  const kindAgain = async () => (token.kind = await askKind(cli, token));
  const valueAgain = async () => (value = await askValue(cli, token));
  return await insist(cli.prompt, () => send({ kind: token.kind, value: value.expose() }), {
    kind: kindAgain,
    'credential.kind': kindAgain,
    value: valueAgain,
    'credential.value': valueAgain,
  });
}

async function askKind(cli: Cli, token: RootCredential): Promise<string> {
  return await cli.prompt.line('What kind of root credential it is', checkKind(token));
}

async function askValue(cli: Cli, { of, kind }: RootCredential): Promise<Secret> {
  const typed = await cli.prompt.secret(`The ${kind} of ${of}`, checkToken);
  return new Secret(typed.trim(), 'root credential');
}

/** The given text is not repeated: people swap kind and token easily. */
function checkKind({ kinds }: RootCredential): Check {
  return (kind) =>
    kinds.includes(kind) ? undefined : `It must be one of ${kinds.map(inert).join(', ')}.${meant(kind, kinds)}`;
}
