/** Every CI system, one file each. */
import { type CiIdentity, type CiSystemId, inertLine, type JsonObject } from '@writ/core';
import { aws } from './aws.ts';
import { azureDevops } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { buildkite } from './buildkite.ts';
import type { CiSystem } from './ci-system.ts';
import { circleci } from './circleci.ts';
import { claimAt } from './claim-path.ts';
import { entra } from './entra.ts';
import { generic } from './generic.ts';
import { githubActions } from './github-actions.ts';
import { gitlab } from './gitlab.ts';
import { google } from './google.ts';
import { kubernetes } from './kubernetes.ts';

const SYSTEMS: Readonly<Record<CiSystemId, CiSystem>> = {
  github_actions: githubActions,
  gitlab,
  circleci,
  buildkite,
  bitbucket,
  azure_devops: azureDevops,
  kubernetes,
  aws,
  google,
  entra,
  generic,
};

/** Returns the facts about a system. */
export function ciSystem(id: CiSystemId): CiSystem {
  return SYSTEMS[id];
}

const MAX_TEXT = 300;

/**
 * Returns the identity of a job with Writ's member names, from its verified claims. Claims that are absent or of another type are left out.
 */
export function normaliseIdentity(id: CiSystemId, claims: JsonObject): CiIdentity {
  const members = Object.entries(ciSystem(id).identity).flatMap(([member, path]) => {
    const text = textOf(claims, path);
    return text === undefined ? [] : [[member, text] as const];
  });
  return { system: id, subject: textOf(claims, 'sub') ?? 'unknown', ...Object.fromEntries(members) };
}

function textOf(claims: JsonObject, path: string): string | undefined {
  const value = claimAt(claims, path);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = inertLine(String(value), MAX_TEXT);
  return text === '' ? undefined : text;
}
