import { type Described, type ResolvedOperation, WritError } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { hiddenWhy, leftOut, refuseHidden } from './left-out.ts';

const resources = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ kind: 'volume', id: String(at), within: [] }));
const operation = (count: number): ResolvedOperation => ({
  ...{ name: 'volumeDelete', effect: 'destroy', base_effect: 'destroy', arguments: {}, secret_arguments: [] },
  ...{ targets: resources(count), environments: [], containers: [] },
});
const NOTHING: Described = {
  ...{ dies: [], backups_lost: [], backups_left: [], targets: [], environments: [], confirm: [] },
  ...{ stored_state: [], unknown: [], undescribable: [] },
};

describe('what is too much to be shown', () => {
  test('is counted in every list of what would be hit', () => {
    expect(leftOut([operation(500)], NOTHING)).toBe(0);
    expect(leftOut([operation(501), operation(503)], NOTHING)).toBe(4);
    const confirm = Array.from({ length: 502 }, () => ({ target: 't', environment: 'e', text: 'e/t' }));
    expect(leftOut([operation(1)], { ...NOTHING, confirm })).toBe(2);
  });

  test('is approved by nobody', () => {
    expect([hiddenWhy(0), hiddenWhy(3)]).toEqual([undefined, expect.stringContaining('3 things')]);
    expect(() => refuseHidden({})).not.toThrow();
    expect(() => refuseHidden({ left_out: 3 })).toThrow(WritError);
  });
});
