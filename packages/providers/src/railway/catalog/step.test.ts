import { describe, expect, test } from 'vitest';
import { baseOf } from '../../../tools/schema-walk.ts';
import { railwayCatalog } from './index.ts';

const { schema, fields } = railwayCatalog;

/** Objects that lie in one environment. */
const IN_AN_ENVIRONMENT =
  `Container CustomDomain Deployment DeploymentTrigger Environment EnvironmentPatch PrivateNetwork Sandbox
  ServiceDomain ServiceInstance TCPProxy Variable VolumeInstance`.split(/\s+/);

/** Objects that lie outside any, and that an object in an environment can lead to. */
const OUTSIDE = [
  'AppliedByMember',
  'DeploymentCreator',
  'Plugin',
  'Project',
  'Service',
  'Team',
  'User',
  'Volume',
  'Workspace',
];

/** What a field leads to; for a list in pages, what is listed. */
function destination(type: string): string {
  const node = schema.objects[`${baseOf(type)}Edge`]?.fields['node'];
  return baseOf(node?.type ?? type);
}

function steps(from: readonly string[], to: readonly string[]): Readonly<Record<string, string | undefined>> {
  const found = from.flatMap((type) =>
    Object.entries(schema.objects[type]?.fields ?? {})
      .filter(([, field]) => to.includes(destination(field.type)))
      .map(([field]) => [`${type}.${field}`, fields[type]?.[field]?.step] as const),
  );
  return Object.fromEntries(found);
}

describe('the step of a field', () => {
  test('is `out` from what lies outside any environment into one', () => {
    expect(steps(['Plugin', 'Project', 'Service', 'Volume', 'ProjectToken'], IN_AN_ENVIRONMENT)).toEqual({
      'Plugin.containers': 'out',
      'Plugin.variables': 'out',
      'Project.baseEnvironment': 'out',
      'Project.deploymentTriggers': 'out',
      'Project.deployments': 'out',
      'Project.environments': 'out',
      'ProjectToken.environment': 'out',
      'Service.deployments': 'out',
      'Service.repoTriggers': 'out',
      'Service.serviceInstances': 'out',
      'Volume.volumeInstances': 'out',
    });
  });

  test('is `shared` from what lies in an environment to what lies outside any', () => {
    const found = steps(IN_AN_ENVIRONMENT, OUTSIDE);
    expect(Object.keys(found).length).toBeGreaterThan(6);
    expect(Object.entries(found).filter(([, step]) => step !== 'shared')).toEqual([]);
  });

  test('is `same` from what lies in an environment to its neighbours there, but for the source of a copy', () => {
    const found = steps(IN_AN_ENVIRONMENT, IN_AN_ENVIRONMENT);
    const leading = Object.entries(found).filter(([, step]) => step !== 'same');
    expect(leading).toEqual([['Environment.sourceEnvironment', 'out']]);
  });

  test('is `out` where an object outside any environment leads to a domain in one', () => {
    expect(fields['TrustedDomainVerificationData']?.['domainMatch']?.step).toBe('out');
    expect(fields['RailwayDomain']?.['connectedServiceInstances']?.step).toBe('out');
  });

  test('is `same` for the plumbing of lists, so that the list itself decides', () => {
    for (const type of Object.keys(schema.objects).filter((name) => /Connection(Edge)?$/.test(name))) {
      for (const field of ['edges', 'node', 'pageInfo', 'cursor']) {
        const review = fields[type]?.[field];
        if (review) expect(review, `${type}.${field}`).toEqual({ effect: 'read', step: 'same' });
      }
    }
  });
});
