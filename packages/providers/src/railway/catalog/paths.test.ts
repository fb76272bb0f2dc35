import { describe, expect, test } from 'vitest';
import { baseOf, isOpaque, operations, pathsOfPlace, typeAt } from '../../../tools/schema-walk.ts';
import type { Condition } from '../../review/review.ts';
import { railwayCatalog } from './index.ts';

const all = [...operations('Query'), ...operations('Mutation')];

/** The kinds the inventory knows. */
const KINDS =
  `project environment service service_instance volume volume_instance backup deployment custom_domain service_domain
  tcp_proxy deployment_trigger bucket workspace plugin private_network private_network_endpoint sandbox cloud_agent`.split(
    /\s+/,
  );

describe('every path in the review', () => {
  test('that names a resource, an environment or a container leads to an id in the schema', () => {
    const paths = all.flatMap(({ name, review, args }) =>
      pathsOfPlace(review).map((path) => `${name} ${path}: ${baseOf(typeAt(args, path) ?? 'nothing')}`),
    );
    expect(paths.filter((line) => !/: (String|ID)$/.test(line))).toEqual([]);
    expect(paths.length).toBeGreaterThan(250);
  });

  test('goes through a list by `[]`, and only through a list', () => {
    const wrong = all.flatMap(({ name, review, args }) =>
      pathsOfPlace(review)
        .filter((path) => (typeAt(args, path) ?? '').includes('[') !== path.endsWith('[]'))
        .map((path) => `${name} ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('that names a host name or a secret is in the schema', () => {
    const wrong = all.flatMap(({ name, review, args }) =>
      [...(review.names ?? []).map(({ path }) => path), ...(review.secret ?? [])]
        .filter((path) => typeAt(args, path) === undefined)
        .map((path) => `${name} ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('that names what is stored, or tells where a target dies, is in the schema', () => {
    const wrong = all.flatMap(({ name, review, args }) => {
      const stored = (review.stored ?? []).flatMap((ref) =>
        'what' in ref ? [ref.path, ...(ref.of ? [ref.of] : [])] : 'unless' in ref && ref.unless ? [ref.unless] : [],
      );
      const when = (review.targets ?? []).flatMap(({ dies_when }) => dies_when?.path ?? []);
      return [...stored, ...when].filter((path) => typeAt(args, path) === undefined).map((path) => `${name} ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  test('in a raise is in the schema, and its condition fits the type there', () => {
    const wrong = all.flatMap(({ name, review, args }) =>
      (review.raises ?? [])
        .filter(({ when }) => !fits(when, typeAt(args, when.path)))
        .map(({ when }) => `${name} ${when.path}`),
    );
    expect(wrong).toEqual([]);
  });

  test('names a kind the inventory knows', () => {
    const kinds = all.flatMap(({ name, review }) => [
      ...[...(review.targets ?? []), ...(review.context ?? [])].map(({ kind }) => ({ name, kind })),
      ...('kind' in review.reach ? [{ name, kind: review.reach.kind }] : []),
    ]);
    expect(kinds.filter(({ kind }) => !KINDS.includes(kind))).toEqual([]);
  });
});

describe('a reach rule', () => {
  test('by target has targets', () => {
    const without = all.filter(({ review }) => review.reach.in === 'resource' && !review.targets?.length);
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  test('by instances has what they are of as a target', () => {
    for (const { name, review } of all) {
      const { reach } = review;
      if (reach.in !== 'instances') continue;
      const of = expect.objectContaining({ kind: 'service', path: reach.path });
      expect(review.targets, name).toContainEqual(of);
    }
  });

  test('by container or environment says what an id that may be left out means', () => {
    const silent = all.filter(({ review, args }) => {
      const { reach } = review;
      if (reach.in !== 'container' && reach.in !== 'inside' && reach.in !== 'environment') return false;
      return reach.absent === undefined && !(typeAt(args, reach.path) ?? '').endsWith('!');
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  test('of a backup is found through its volume instance', () => {
    const backups = all.flatMap(({ review }) => review.targets ?? []).filter(({ kind }) => kind === 'backup');
    expect(backups).toHaveLength(3);
    for (const backup of backups) expect(backup.of).toBe('volumeInstanceId');
  });
});

function fits(when: Condition, type: string | undefined): boolean {
  if (type === undefined) return false;
  if ('one_of' in when) return fitsValues(type, when.one_of);
  if ('not_one_of' in when) return fitsValues(type, when.not_one_of);
  if (when.is === 'empty') return type.includes('[');
  if (when.is === 'holds_null') return isOpaque(baseOf(type));
  return when.is === 'null' || when.is === 'absent' ? !type.endsWith('!') : true;
}

function fitsValues(type: string, values: readonly (string | number | boolean | null)[]): boolean {
  const known = railwayCatalog.schema.enums[baseOf(type)];
  return values.every((value) => value === null || (known ? known.includes(String(value)) : baseOf(type) === 'String'));
}
