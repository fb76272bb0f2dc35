import { DETAIL_TYPE, decide, SHIPPED_GUARDRAILS } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';

/** The grant of the README's walk. */
const scopes = [
  { type: DETAIL_TYPE, connection: 'railway', environments: ['shared'], operations: ['*:read'] },
  { type: DETAIL_TYPE, connection: 'railway', environments: ['staging'], operations: ['*:read', 'customDomain*'] },
] as const;

async function decisionOn(query: string) {
  const allowances = scopes.map(({ type, connection, environments, operations }) => ({
    scope: { type, connection, environments: [...environments], operations: [...operations] },
  }));
  return decide({
    connection: 'railway',
    chain: [{ link: 'token', subject: 'tok', allowances }],
    guardrails: SHIPPED_GUARDRAILS,
    operations: await inWorld().resolve(query),
    now: 0,
  });
}

const IN_STAGING = 'environmentId: "e_staging", projectId: "p_rentals", serviceId: "s_api"';

describe("what Railway's command line asks, with the grant of the walk", () => {
  test.each([
    ['whoami', '{ me { id name email } }'],
    ['its projects', '{ projects { edges { node { id name createdAt deletedAt workspace { id name } } } } }'],
    [
      'link',
      '{ projects { edges { node { id name environments { edges { node { id name } } } services { edges { node { id name } } } } } } }',
    ],
    ['the environments by name', '{ environments(projectId: "p_rentals") { edges { node { id name isEphemeral } } } }'],
    [
      'status',
      '{ environment(id: "e_staging") { id name serviceInstances { edges { node { id serviceId serviceName latestDeployment { id status createdAt } } } } } }',
    ],
    [
      'a service in it',
      '{ serviceInstance(environmentId: "e_staging", serviceId: "s_api") { id serviceName startCommand region numReplicas } }',
    ],
    [
      'its volumes',
      '{ environment(id: "e_staging") { volumeInstances { edges { node { id mountPath currentSizeMB volume { id name } } } } } }',
    ],
    [
      'its domains',
      `{ domains(${IN_STAGING}) { serviceDomains { id domain } customDomains { id domain targetPort } } }`,
    ],
    [
      'its deployments',
      '{ deployments(first: 10, input: { projectId: "p_rentals", environmentId: "e_staging" }) { edges { node { id status createdAt } } } }',
    ],
    ['its logs', '{ environmentLogs(environmentId: "e_staging", beforeLimit: 100) { timestamp message severity } }'],
    ['whether a domain is free', '{ customDomainAvailable(domain: "shop.example.net") { available message } }'],
  ])('%s passes', async (_, query) => {
    expect(await decisionOn(query)).toMatchObject({ result: 'allow' });
  });

  test.each([
    ["production's status", '{ environment(id: "e_production") { id serviceInstances { edges { node { id } } } } }'],
    [
      'a whole project, with the instances of every environment',
      '{ project(id: "p_rentals") { id environments { edges { node { id serviceInstances { edges { node { id } } } } } } } }',
    ],
    [
      'the deployments of all environments',
      '{ deployments(input: { projectId: "p_rentals" }) { edges { node { id } } } }',
    ],
    ["staging's variables", `{ variables(${IN_STAGING}) }`],
  ])('%s does not', async (_, query) => {
    expect(await decisionOn(query)).toMatchObject({ result: 'refuse' });
  });
});
