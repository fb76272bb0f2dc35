import { createHash } from 'node:crypto';
import { canonicalJson, EFFECTS } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { merge } from './build.ts';
import { fields } from './fields.ts';
import { railwayCatalog } from './index.ts';

const { schema, queries, mutations, version } = railwayCatalog;

describe('the review of Railway', () => {
  test('covers every mutation of the schema, and no other', () => {
    expect(Object.keys(mutations).sort()).toEqual(Object.keys(schema.objects['Mutation']?.fields ?? {}).sort());
    expect(Object.keys(mutations)).toHaveLength(230);
  });

  test('covers every query of the schema, and no other', () => {
    expect(Object.keys(queries).sort()).toEqual(Object.keys(schema.objects['Query']?.fields ?? {}).sort());
    expect(Object.keys(queries)).toHaveLength(152);
  });

  test('covers every field of every object and interface type, and no other', () => {
    const types = Object.entries({ ...schema.objects, ...schema.interfaces });
    const there = types
      .filter(([type]) => type !== 'Query' && type !== 'Mutation')
      .flatMap(([type, facts]) => Object.keys(facts.fields).map((field) => `${type}.${field}`));
    const reviewed = Object.entries(railwayCatalog.fields).flatMap(([type, reviews]) =>
      Object.keys(reviews).map((field) => `${type}.${field}`),
    );
    expect(reviewed.sort()).toEqual(there.sort());
    expect(reviewed.length).toBeGreaterThan(1600);
  });

  test('says something of every operation: an effect, a reach and a reason', () => {
    for (const [name, review] of [...Object.entries(queries), ...Object.entries(mutations)]) {
      expect(EFFECTS, name).toContain(review.effect);
      expect(review.reach.in, name).toBeTruthy();
      expect(review.why, name).toMatch(/\w{4}/);
    }
  });

  test('refuses to review anything twice', () => {
    expect(() => merge([{ a: 1 }, { a: 1 }])).toThrow(TypeError);
    expect(() => fields({ read: 'id name', reveal: 'name' })).toThrow(TypeError);
    expect(() => fields({ read: 'id id' })).toThrow(TypeError);
  });
});

describe('the catalog as data', () => {
  test('has a version that is the hash of all the rest', () => {
    const { version: _, ...rest } = railwayCatalog;
    expect(version).toBe(createHash('sha256').update(canonicalJson(rest)).digest('hex'));
  });

  test('has another version when one effect changes', () => {
    const { version: _, ...rest } = railwayCatalog;
    const changed = {
      ...rest,
      mutations: { ...mutations, volumeDelete: { ...mutations['volumeDelete'], effect: 'read' } },
    };
    expect(createHash('sha256').update(canonicalJson(changed)).digest('hex')).not.toBe(version);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'has no operation, type or field named %s',
    (name) => {
      const records = [queries, mutations, railwayCatalog.fields, schema.objects, schema.inputs, schema.enums];
      for (const record of records) expect(record[name]).toBeUndefined();
      expect(railwayCatalog.fields['Project']?.[name]).toBeUndefined();
      expect(schema.objects['Project']?.fields[name]).toBeUndefined();
    },
  );

  test('cannot be changed', () => {
    expect(Object.isFrozen(railwayCatalog)).toBe(true);
    expect(Object.isFrozen(mutations['volumeDelete'])).toBe(true);
    expect(Object.isFrozen(mutations['volumeInstanceUpdate']?.raises)).toBe(true);
    expect(Object.isFrozen(railwayCatalog.fields['Project']?.['id'])).toBe(true);
  });

  test('holds no prose of the schema and no subscription', () => {
    for (const facts of Object.values(schema.objects).flatMap((type) => Object.values(type.fields))) {
      expect(Object.keys(facts).filter((member) => member !== 'type' && member !== 'args')).toEqual([]);
    }
    expect(schema.objects['Subscription']).toBeUndefined();
    expect(schema.inputs['VariableCollectionUpsertInput']?.['replace']).toBe('Boolean = false');
  });
});
