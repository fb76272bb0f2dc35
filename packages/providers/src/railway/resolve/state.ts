import type { Effect, Operation } from '@writ/core';
import { WritError } from '@writ/core';
import type { StateRaise } from '../../catalog.ts';
import type { Located } from '../inventory/located.ts';
import { LATEST_DEPLOYMENT } from '../questions/lookup.ts';
import { idAt, valuesAt } from './arguments.ts';
import { canonicalHostName } from './host-name.ts';
import { justNow, type Resolving } from './resolving.ts';

interface Stateful {
  readonly operation: Operation;
  readonly raises: readonly StateRaise[];
  readonly targets: readonly Located[];
}

/** The effects that what Railway says of the targets, asked after the request arrived, raises an operation to. */
export async function raisedByState(
  resolving: Resolving,
  { operation, raises, targets }: Stateful,
): Promise<readonly Effect[]> {
  const effects: Effect[] = [];
  for (const raise of raises) {
    const holds =
      raise.state === 'not_latest'
        ? !(await isLatest(resolving, target(targets, idAt(operation.arguments, raise.path))))
        : !bearsName(targets[0], valuesAt(operation.arguments, raise.path));
    if (holds) effects.push(raise.to);
  }
  return effects;
}

function target(targets: readonly Located[], id: string | undefined): Located | undefined {
  return targets.find((each) => each.id === id);
}

/** Only what Railway plainly says counts: silence, an error or a deployment without a service is a no. */
async function isLatest(resolving: Resolving, deployment: Located | undefined): Promise<boolean> {
  const serviceId = deployment?.within.find((outer) => outer.startsWith('service:'))?.slice('service:'.length);
  const [environment] = deployment?.environments ?? [];
  if (deployment === undefined || serviceId === undefined || environment === undefined) return false;
  try {
    const variables = { environmentId: environment.id, serviceId };
    const answer = await resolving.inventory.find(LATEST_DEPLOYMENT, variables, justNow(resolving.context));
    return answer?.serviceInstance.latestDeployment?.id === deployment.id;
  } catch (error) {
    if (error instanceof WritError && error.code === 'environment_unresolved') return false;
    throw error;
  }
}

function bearsName(domain: Located | undefined, given: readonly unknown[]): boolean {
  const [name] = given;
  const borne = domain?.name === undefined ? undefined : canonicalHostName(domain.name);
  return borne !== undefined && typeof name === 'string' && canonicalHostName(name) === borne;
}
