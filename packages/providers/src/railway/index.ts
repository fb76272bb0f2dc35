/**
 * Railway: its data, and what it takes to tell which environments a call reaches. Asks the provider only the questions of
 * `questions/`, all of them reads; never holds the root credential, and never believes an argument about where a thing lies.
 */

import { type GraphqlEngine, makeGraphqlEngine } from '../graphql/classify.ts';
import { makeGraphqlDeny } from '../graphql/deny.ts';
import { compareSchema, shapeOf } from '../graphql/live/compare.ts';
import type { Provider } from '../provider.ts';
import { namesOf } from '../reach/named.ts';
import { railwayCatalog } from './catalog/index.ts';
import { CREDENTIAL_KINDS } from './credentials.ts';
import { GROUPS } from './groups.ts';
import { RESOURCE_KINDS } from './inventory/locate.ts';
import { PRESETS } from './presets.ts';
import { GRAPHQL_PATH } from './questions/path.ts';
import { CANVAS_MERGE, STAGED_PATCH } from './questions/stored.ts';
import { SELECTORS } from './selectors.ts';
import { connectRailway } from './upstream.ts';

const engine = makeGraphqlEngine(railwayCatalog, { paths: [GRAPHQL_PATH], groups: GROUPS });

/** The provider `railway`. */
export const railway: Provider = provider(engine);

function provider(judged: GraphqlEngine): Provider {
  return {
    id: 'railway',
    title: 'Railway',
    hosts: ['backboard.railway.com', 'backboard.railway.app'],
    defaultBaseUrl: 'https://backboard.railway.com',
    envVars: { token: ['RAILWAY_API_TOKEN', 'RAILWAY_TOKEN'], baseUrl: ['RAILWAY_BACKBOARD_URL'] },
    credentialKinds: CREDENTIAL_KINDS,
    usualCredentialKind: 'workspace_token',
    example: {
      method: 'POST',
      path: GRAPHQL_PATH,
      graphql: true,
      body: '{"query": "{ projects { edges { node { id name } } } }"}',
    },
    tokenHeaders: ['project-access-token', 'team-access-token'],
    headers: { meaningful: ['content-type', 'accept'], volatile: ['user-agent', 'x-source'] },
    wire: {},
    revealing: new Set([STAGED_PATCH.name, CANVAS_MERGE.name]),
    resourceKinds: [...RESOURCE_KINDS, 'domain'],
    selectors: SELECTORS,
    places: { environment: 'environment', ephemeral: 'fork', container: 'project' },
    catalogVersion: judged.version,
    operations: judged.operations,
    presets: PRESETS,
    classify: judged.classify,
    hasArgument: judged.hasArgument,
    admitting: (admissions) => (admissions.length === 0 ? railway : provider(engine.admitting(admissions))),
    compareSchema: (live) => compareSchema(railwayCatalog, live),
    shapeOf: (live, name) => shapeOf(railwayCatalog, live, name),
    names: namesOf,
    deny: makeGraphqlDeny({ paths: [GRAPHQL_PATH] }),
    connect: connectRailway,
  };
}
