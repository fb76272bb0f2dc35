import type { Effect, Operation } from '@writ/core';
import { givenAt, idAt } from '../review/arguments.ts';
import type { StateRaise } from '../review/review.ts';
import { canonicalHostName } from './host-name.ts';
import type { Located } from './located.ts';
import { justNow, type ResolveDeps } from './resolve-deps.ts';

interface Stateful {
  readonly operation: Operation;
  readonly raises: readonly StateRaise[];
  readonly targets: readonly Located[];
}

/** The effects to which an operation is raised by what the provider says of its targets, asked after the request arrived. */
export async function raisedByState(
  deps: ResolveDeps,
  { operation, raises, targets }: Stateful,
): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (const raise of raises) {
    const holds =
      raise.state === 'not_latest'
        ? !(await isLatest(deps, targetOf(targets, idAt(operation.arguments, raise.path))))
        : !bearsName(targets[0], givenAt(operation.arguments, raise.path));
    if (holds) effects.push(raise.to);
  }
  return effects;
}

function targetOf(targets: readonly Located[], id: string | undefined): Located | undefined {
  return targets.find((each) => each.id === id);
}

async function isLatest({ directory, context }: ResolveDeps, target: Located | undefined): Promise<boolean> {
  return target !== undefined && (await directory.isLatest(target, justNow(context)));
}

function bearsName(domain: Located | undefined, given: readonly unknown[]): boolean {
  const [name] = given;
  const borne = domain?.name === undefined ? undefined : canonicalHostName(domain.name);
  return borne !== undefined && typeof name === 'string' && canonicalHostName(name) === borne;
}
