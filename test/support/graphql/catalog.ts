/** A small provider for this folder's tests: projects with environments, volumes in one or several of them, opaque values. */
import type { GraphqlCatalog } from '../../../packages/providers/src/graphql/catalog.ts';

const READ = { effect: 'read', step: 'same' } as const;
const OUT = { effect: 'read', step: 'out' } as const;
const SHARED = { effect: 'read', step: 'shared' } as const;

/** The small provider's catalog. */
export const TEST_CATALOG: GraphqlCatalog = {
  version: 'test-catalog',
  schema: {
    source_sha256: '0'.repeat(64),
    scalars: ['Boolean', 'Float', 'ID', 'Int', 'JSON', 'String'],
    enums: { VolumeState: ['READY', 'DELETED'] },
    unions: { Hit: ['Environment', 'Volume'] },
    interfaces: { Node: { fields: { id: { type: 'ID!' }, secret: { type: 'String' } } } },
    objects: {
      Query: {
        fields: {
          environment: { type: 'Environment', args: { id: 'String!' } },
          hits: { type: '[Hit!]!' },
          invite: { type: 'String', args: { projectId: 'String!' } },
          limit: { type: 'Float', args: { of: 'Float', many: '[Int!]' } },
          node: { type: 'Node', args: { id: 'ID!' } },
          project: { type: 'Project', args: { id: 'String!' } },
          unreviewed: { type: 'String', args: { id: 'String' } },
          volume: { type: 'Volume', args: { id: 'String!' } },
        },
      },
      Mutation: {
        fields: {
          invite: { type: 'String', args: { projectId: 'String!' } },
          ping: { type: 'Boolean!' },
          settingsPatch: { type: 'Boolean!', args: { patch: 'JSON!', commit: 'Boolean = false' } },
          variablesUpsert: { type: 'Boolean!', args: { input: 'VariablesInput!' } },
          volumeDelete: { type: 'Boolean!', args: { volumeId: 'String!' } },
          volumeUpdate: {
            type: 'Volume!',
            args: { volumeId: 'String!', input: 'VolumeInput!', environmentId: 'String' },
          },
        },
      },
      Project: {
        implements: ['Node'],
        fields: {
          id: { type: 'ID!' },
          name: { type: 'String!' },
          secret: { type: 'String' },
          environments: { type: 'EnvironmentConnection!', args: { first: 'Int = 10' } },
          environment: { type: 'Environment', args: { id: 'String!' } },
        },
      },
      Environment: {
        implements: ['Node'],
        fields: {
          id: { type: 'ID!' },
          name: { type: 'String!' },
          secret: { type: 'String' },
          config: { type: 'JSON', args: { decrypt: 'Boolean' } },
          project: { type: 'Project!' },
          source: { type: 'Environment' },
          volumes: { type: '[Volume!]!', args: { state: 'VolumeState = READY', labels: '[String!]' } },
          unreviewed: { type: 'String' },
        },
      },
      EnvironmentConnection: { fields: { edges: { type: '[EnvironmentEdge!]!' } } },
      EnvironmentEdge: { fields: { node: { type: 'Environment!' }, cursor: { type: 'String!' } } },
      Volume: {
        implements: ['Node'],
        fields: {
          id: { type: 'ID!' },
          name: { type: 'String!' },
          secret: { type: 'String' },
          size: { type: 'Int!' },
          environment: { type: 'Environment!' },
        },
      },
    },
    inputs: {
      VolumeInput: { state: 'VolumeState', name: 'String', labels: '[String!]', nested: '[VolumeInput!]' },
      VariablesInput: { environmentId: 'String!', variables: 'JSON!', replace: 'Boolean = false' },
    },
  },
  queries: {
    environment: { effect: 'read', reach: { in: 'environment', path: 'id' }, why: 'test' },
    hits: { effect: 'read', reach: { in: 'everything' }, why: 'test' },
    invite: { effect: 'escalate', reach: { in: 'container', kind: 'project', path: 'projectId' }, why: 'test' },
    limit: { effect: 'read', reach: { in: 'shared' }, why: 'test' },
    node: { effect: 'read', reach: { in: 'everything' }, why: 'test' },
    project: { effect: 'read', reach: { in: 'container', kind: 'project', path: 'id' }, why: 'test' },
    volume: { effect: 'read', targets: [{ kind: 'volume', path: 'id' }], reach: { in: 'resource' }, why: 'test' },
  },
  mutations: {
    invite: { effect: 'escalate', reach: { in: 'container', kind: 'project', path: 'projectId' }, why: 'test' },
    ping: { effect: 'write', reach: { in: 'shared' }, why: 'test' },
    settingsPatch: {
      effect: 'write',
      reach: { in: 'everything' },
      raises: [{ when: { path: 'commit', is: 'set' }, to: 'destroy' }],
      secret: ['patch'],
      why: 'test',
    },
    variablesUpsert: {
      effect: 'write',
      reach: { in: 'environment', path: 'input.environmentId' },
      raises: [
        { when: { path: 'input.replace', is: 'set' }, to: 'destroy' },
        { when: { path: 'input.variables', is: 'holds_null' }, to: 'destroy' },
      ],
      secret: ['input.variables'],
      why: 'test',
    },
    volumeDelete: {
      effect: 'destroy',
      targets: [{ kind: 'volume', path: 'volumeId' }],
      reach: { in: 'resource' },
      why: 'test',
    },
    volumeUpdate: {
      effect: 'write',
      targets: [{ kind: 'volume', path: 'volumeId' }],
      reach: { in: 'resource', narrowed_by: 'environmentId' },
      raises: [
        { when: { path: 'input.state', one_of: ['DELETED'] }, to: 'destroy' },
        { when: { path: 'input.labels', is: 'empty' }, to: 'destroy' },
        { when: { path: 'input.nested[].name', is: 'null' }, to: 'execute' },
        { when: { path: 'environmentId', is: 'null' }, to: 'execute' },
      ],
      why: 'test',
    },
  },
  fields: {
    Node: { id: READ, secret: READ },
    Project: {
      id: READ,
      name: READ,
      secret: READ,
      environments: OUT,
      environment: { ...READ, by_id: { kind: 'environment', path: 'id' } },
    },
    Environment: {
      id: READ,
      name: READ,
      secret: READ,
      config: { ...READ, effect: 'reveal', raises: [{ when: { path: 'decrypt', is: 'set' }, to: 'escalate' }] },
      project: SHARED,
      source: OUT,
      volumes: { ...READ, raises: [{ when: { path: 'state', one_of: ['DELETED'] }, to: 'reveal' }] },
    },
    EnvironmentConnection: { edges: READ },
    EnvironmentEdge: { node: READ, cursor: READ },
    Volume: { id: READ, name: READ, secret: { effect: 'reveal', step: 'same' }, size: READ, environment: READ },
  },
};
