import type { JsonObject } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { holds } from './condition.ts';
import type { Condition } from './review.ts';

describe('a condition holds', () => {
  const cases: readonly [Condition, readonly JsonObject[], readonly JsonObject[]][] = [
    [{ path: 'a', is: 'present' }, [{ a: null }, { a: 0 }, { a: [] }], [{}, { b: 1 }]],
    [{ path: 'a', is: 'set' }, [{ a: true }, { a: 0 }, { a: '' }, { a: [] }], [{}, { a: null }, { a: false }]],
    [{ path: 'a', is: 'null' }, [{ a: null }], [{}, { a: false }, { a: [null] }]],
    [{ path: 'a', is: 'absent' }, [{}, { a: null }], [{ a: false }, { a: '' }]],
    [{ path: 'a', is: 'empty' }, [{ a: [] }], [{}, { a: null }, { a: '' }, { a: {} }, { a: [[]] }]],
    [
      { path: 'a', is: 'holds_null' },
      [{ a: { x: null } }, { a: { y: 1, x: null } }],
      [{}, { a: null }, { a: { x: { y: null } } }],
    ],
    [{ path: 'a', one_of: ['x', 1] }, [{ a: 'x' }, { a: 1 }], [{}, { a: '1' }, { a: null }, { a: 'X' }]],
    [{ path: 'a', not_one_of: ['x', null] }, [{ a: 'y' }, { a: {} }, { a: 'X' }], [{}, { a: 'x' }, { a: null }]],
    [{ path: 'a.b', is: 'null' }, [{ a: { b: null } }], [{ a: null }, { a: {} }, { a: 'b' }]],
    [{ path: 'a.b', is: 'absent' }, [{}, { a: null }, { a: {} }, { a: { b: null } }], [{ a: { b: 1 } }]],
    [{ path: 'a[]', one_of: ['x'] }, [{ a: ['y', 'x'] }, { a: 'x' }], [{ a: [] }, {}, { a: ['y'] }]],
    [{ path: 'a[].b', is: 'absent' }, [{ a: [{ b: 1 }, {}] }, {}], [{ a: [{ b: 1 }] }, { a: [] }]],
    [{ path: 'a[][].b', one_of: [1] }, [{ a: [[{ b: 2 }], [{ b: 1 }]] }, { a: { b: 1 } }], [{ a: [[{ b: 2 }]] }]],
    [{ path: 'a[].b[].c', one_of: [1] }, [{ a: [{ b: [] }, { b: [{ c: 2 }, { c: 1 }] }] }], [{ a: [{ b: [] }] }]],
    [{ path: 'a.b', one_of: [1] }, [{ a: [{ b: 2 }, { b: 1 }] }], [{ a: [{ b: 2 }] }]],
    [{ path: 'constructor', is: 'present' }, [{ constructor: 1 }], [{}]],
  ];
  test.each(cases)('%j', (condition, where, whereNot) => {
    for (const values of where) expect(holds(condition, values), JSON.stringify(values)).toBe(true);
    for (const values of whereNot) expect(holds(condition, values), JSON.stringify(values)).toBe(false);
  });
});
