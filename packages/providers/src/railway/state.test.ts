import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';
import { add } from '../../../../test/support/railway-upstream/world.ts';
import { railway } from './index.ts';

const redeploy = (id: string) => `mutation { deploymentRedeploy(id: "${id}") { id } }`;
const rename = (domain: string) =>
  `mutation { serviceDomainUpdate(input: { domain: "${domain}", environmentId: "e_staging", serviceDomainId: "sd_staging",
    serviceId: "s_api", targetPort: 8080 }) }`;

async function effectOf(query: string, world = inWorld()) {
  const [operation] = await world.resolve(query);
  return operation && `${operation.base_effect} ${operation.effect}`;
}

function withEarlier() {
  const world = inWorld();
  const [latest] = world.world.deployments.filter(({ id }) => id === 'd_api_staging');
  add(world.world, 'deployments', { ...latest, id: 'd_newer' });
  return world;
}

describe('a deployment deployed again', () => {
  it('is `write` where it is the latest of its service in its environment', async () => {
    expect(await effectOf(redeploy('d_api_staging'))).toBe('write write');
    expect(await effectOf(redeploy('d_newer'), withEarlier())).toBe('write write');
  });
  it('is `execute` where it is an earlier one', async () => {
    expect(await effectOf(redeploy('d_api_staging'), withEarlier())).toBe('write execute');
  });
  it.each([
    ['null_data' as const],
    ['wrong_ids' as const],
    [{ set: { 'data.serviceInstance': null } }],
    [{ set: { 'data.serviceInstance.latestDeployment': null } }],
    [{ set: { 'data.serviceInstance.latestDeployment': 7 } }],
  ])('is `execute` where the provider does not say which is the latest (%j)', async (lie) => {
    const world = inWorld();
    world.provider.lie = lie;
    world.provider.only = 'latest_deployment';
    expect(await effectOf(redeploy('d_api_staging'), world)).toBe('write execute');
  });
  it('is asked about anew for each request, never remembered from before it arrived', async () => {
    const world = inWorld();
    expect(await effectOf(redeploy('d_api_staging'), world)).toBe('write write');
    const [latest] = world.world.deployments.filter(({ id }) => id === 'd_api_staging');
    add(world.world, 'deployments', { ...latest, id: 'd_newer' });
    world.clock.now += 1;
    expect(await effectOf(redeploy('d_api_staging'), world)).toBe('write execute');
  });
});

describe('a domain that Railway made', () => {
  it('is written to where only its port is another', async () => {
    const { world } = inWorld();
    const [row] = world.serviceDomains.filter(({ id }) => id === 'sd_staging');
    expect(await effectOf(rename(String(row?.['domain'])))).toBe('write write');
    expect(await effectOf(rename(String(row?.['domain']).toUpperCase()))).toBe('write write');
  });
  it('is given up where it is to bear another name', async () => {
    expect(await effectOf(rename('another.up.railway.example'))).toBe('write destroy');
  });
});

it('what state can raise is listed with what arguments can', () => {
  const raised = (name: string) => railway.operations.find((each) => each.name === name)?.raised_to;
  expect(raised('deploymentRedeploy')).toEqual(['execute']);
  expect(raised('serviceDomainUpdate')).toEqual(['destroy']);
});
