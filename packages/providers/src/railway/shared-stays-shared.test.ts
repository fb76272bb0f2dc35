import { describe, expect, it } from 'vitest';
import type { ReachRule } from '../review/review.ts';
import { railwayCatalog } from './catalog/index.ts';

const { schema, queries, fields } = railwayCatalog;
const types = { ...schema.objects, ...schema.interfaces };

/** Types of which every object lies in one environment. */
const INSIDE: ReadonlySet<string> = new Set(
  `Environment ServiceInstance VolumeInstance Deployment DeploymentTrigger DeploymentEvent Variable CustomDomain ServiceDomain
   TCPProxy PrivateNetwork EnvironmentPatch Container Sandbox CloudAgent`.split(/\s+/),
);

const named = (type: string) => type.replace(/ = .*$/, '').replaceAll(/[![\]]/g, '');

/** The types of `INSIDE` that a type leads to without a step that would be an operation of its own. */
function leadsInside(start: string): readonly string[] {
  const seen = new Set<string>();
  const next = [start];
  for (let type = next.pop(); type !== undefined; type = next.pop()) {
    if (seen.has(type)) continue;
    seen.add(type);
    for (const [field, { type: returns }] of Object.entries(types[type]?.fields ?? {})) {
      const review = fields[type]?.[field];
      if (review?.step === 'same' && !review.by_id) next.push(named(returns));
    }
  }
  return [...seen].filter((type) => INSIDE.has(type));
}

const staysShared = (rule: ReachRule): boolean =>
  rule.in === 'shared' ||
  rule.in === 'container' ||
  ('absent' in rule && rule.absent !== undefined && staysShared(rule.absent));

describe('what is taken to lie outside any environment leads into none by itself', () => {
  const roots = Object.entries(queries).filter(([, { reach }]) => staysShared(reach));
  it.each(roots.map(([name]) => name))('the query %s', (name) => {
    expect(leadsInside(named(schema.objects['Query']?.fields[name]?.type ?? ''))).toEqual([]);
  });
  const steps = Object.entries(fields).flatMap(([type, reviews]) =>
    Object.entries(reviews).flatMap(([field, { step }]) => (step === 'shared' ? [[type, field] as const] : [])),
  );
  it.each(steps)('the step %s.%s', (type, field) => {
    expect(leadsInside(named(types[type]?.fields[field]?.type ?? ''))).toEqual([]);
  });
});
