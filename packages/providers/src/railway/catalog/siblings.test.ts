import { describe, expect, test } from 'vitest';
import { REVIEWED_SIBLINGS } from '../../../tools/reviewed-siblings.ts';
import { disagreements } from '../../../tools/siblings.ts';
import { railwayCatalog } from './index.ts';

describe('what is alike by name', () => {
  test('is reviewed alike, or somebody looked at it and said why not', () => {
    expect(
      disagreements()
        .map(({ row }) => row)
        .filter((row) => !REVIEWED_SIBLINGS.has(row)),
    ).toEqual([]);
  });

  test('and nothing is excused that does not disagree any more', () => {
    const rows = new Set(disagreements().map(({ row }) => row));
    expect([...REVIEWED_SIBLINGS.keys()].filter((row) => !rows.has(row))).toEqual([]);
  });

  test('a port that a name leads to is one named setting, whichever operation writes it', () => {
    const { mutations } = railwayCatalog;
    for (const name of [
      'customDomainCreate',
      'customDomainUpdate',
      'serviceDomainCreate',
      'serviceDomainUpdate',
      'tcpProxyCreate',
    ]) {
      expect(mutations[name]?.effect, name).toBe('write');
      expect(mutations[name]?.raises, name).toBeUndefined();
    }
  });
});
