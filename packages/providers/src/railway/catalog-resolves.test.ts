import { WritError } from '@writ/core';
import { describe, expect, it } from 'vitest';
import { inWorld } from '../../../../test/support/railway-upstream/in-world.ts';
import type { OperationReview, ReachRule } from '../review/review.ts';
import { railwayCatalog } from './catalog/index.ts';
import { RESOURCE_KINDS } from './inventory/locate.ts';

/** Something of each kind, all in staging where the kind allows it. */
const IDS: Readonly<Record<string, string>> = {
  workspace: 'w_acme',
  project: 'p_rentals',
  environment: 'e_staging',
  service: 's_api',
  service_instance: 'si_api_staging',
  volume: 'v_stag',
  volume_instance: 'vi_stag',
  backup: 'bk_stag_daily',
  bucket: 'bu_media',
  plugin: 'pl_redis',
  custom_domain: 'cd_stag',
  service_domain: 'sd_staging',
  tcp_proxy: 'tp_staging',
  deployment: 'd_api_staging',
  deployment_trigger: 'dt_staging',
  private_network: 'pn_staging',
  private_network_endpoint: 'pe_staging',
  cloud_agent: 'ca_staging',
  sandbox: 'sb_staging',
};

const { schema, queries, mutations, fields } = railwayCatalog;

/** Every path of the review that names something, with its kind. */
function kindsByPath(review: OperationReview): ReadonlyMap<string, string> {
  const refs = [...(review.targets ?? []), ...(review.context ?? [])].map(({ path, kind }) => [path, kind] as const);
  return new Map([
    ...refs,
    ...(review.names ?? []).map(({ path }) => [path, 'name'] as const),
    ...ruleKinds(review.reach),
  ]);
}

function ruleKinds(rule: ReachRule): readonly (readonly [string, string])[] {
  const absent = 'absent' in rule && rule.absent ? ruleKinds(rule.absent) : [];
  if (rule.in === 'environment') return [[rule.path, 'environment'], ...absent];
  if (rule.in === 'resource') return rule.narrowed_by ? [[rule.narrowed_by, 'environment']] : [];
  if (rule.in === 'instances') {
    return [[rule.path, rule.kind], ...(rule.fork ? [[rule.fork, 'environment'] as const] : [])];
  }
  if (rule.in === 'container' || rule.in === 'inside') return [[rule.path, rule.kind], ...absent];
  return [];
}

interface DocumentDraft {
  readonly kinds: ReadonlyMap<string, string>;
  /** Whether arguments that may be left out are given. */
  readonly all: boolean;
}

function writeArguments(args: Readonly<Record<string, string>>, writing: DocumentDraft & { path?: string }): string {
  return Object.entries(args)
    .filter(([, type]) => type.endsWith('!') || (writing.all && !type.includes('=')))
    .map(([name, type]) => {
      const path = writing.path === undefined ? name : `${writing.path}.${name}`;
      return `${name}: ${writeValue(type.split(' = ')[0] ?? type, { ...writing, path })}`;
    })
    .join(', ');
}

function writeValue(type: string, writing: DocumentDraft & { path: string }): string {
  const bare = type.replace(/!$/, '');
  if (bare.startsWith('[')) return `[${writeValue(bare.slice(1, -1), { ...writing, path: `${writing.path}[]` })}]`;
  const kind = writing.kinds.get(writing.path);
  if (kind !== undefined) return JSON.stringify(kind === 'name' ? 'free.example.org' : (IDS[kind] ?? 'x'));
  const input = schema.inputs[bare];
  if (input) return writing.path.split('.').length > 4 ? '{}' : `{ ${writeArguments(input, writing)} }`;
  if (schema.enums[bare]) return schema.enums[bare][0] ?? 'null';
  if (bare === 'Int' || bare === 'Float' || bare === 'BigInt') return '1';
  if (bare === 'Boolean') return 'false';
  if (bare === 'String' || bare === 'ID' || bare === 'DateTime') return '"x"';
  return '{}';
}

function writeOperation(root: 'query' | 'mutation', name: string, all: boolean): string {
  const facts = schema.objects[root === 'query' ? 'Query' : 'Mutation']?.fields[name];
  const review = (root === 'query' ? queries : mutations)[name];
  if (!facts || !review) throw new Error(name);
  const args = writeArguments(facts.args ?? {}, { kinds: kindsByPath(review), all });
  const returns = facts.type.replaceAll(/[![\]]/g, '');
  const isObject = returns in schema.objects || returns in schema.interfaces || returns in schema.unions;
  return `${root} { ${name}${args ? `(${args})` : ''}${isObject ? ' { __typename }' : ''} }`;
}

const ALL = [
  ...Object.keys(queries).map((name) => ['query', name] as const),
  ...Object.keys(mutations).map((name) => ['mutation', name] as const),
];

describe('every operation of the catalog', () => {
  for (const all of [false, true]) {
    it(`resolves to a set that is not empty, with ${all ? 'all' : 'only the required'} arguments`, {
      timeout: 60_000,
    }, async () => {
      const { resolve } = inWorld();
      const refused: string[] = [];
      const seen = new Set<string>();
      for (const [root, name] of ALL) {
        try {
          const operations = await resolve(writeOperation(root, name, all));
          for (const { environments, effect, name: resolved } of operations) {
            expect(environments, `${resolved} ${effect}`).not.toHaveLength(0);
            seen.add(resolved);
          }
        } catch (error) {
          if (!(error instanceof WritError)) throw new Error(`${root} ${name}`, { cause: error });
          refused.push(`${name}: ${error.code}: ${error.message}`);
        }
      }
      expect(refused).toEqual([]);
      expect(seen.size).toBeGreaterThanOrEqual(ALL.length);
    });
  }
  it('names only kinds that can be found', () => {
    const reviews = [...Object.values(queries), ...Object.values(mutations)];
    const named = reviews.flatMap((review) => [...kindsByPath(review).values()]);
    const byId = Object.values(fields).flatMap((type) => Object.values(type).flatMap(({ by_id }) => by_id?.kind ?? []));
    expect(
      [...new Set([...named, ...byId])].filter((kind) => kind !== 'name' && !RESOURCE_KINDS.includes(kind)),
    ).toEqual([]);
  });
  it('of which there is one of each kind in this test', () => {
    expect(Object.keys(IDS).sort()).toEqual([...RESOURCE_KINDS].sort());
  });
});
