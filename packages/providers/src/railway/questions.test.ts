import { worstEffect } from '@writ/core';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../../test/support/railway-upstream/in-world.ts';
import { railway } from './index.ts';
import * as identity from './questions/identity.ts';
import * as list from './questions/list.ts';
import * as lookup from './questions/lookup.ts';
import * as project from './questions/project.ts';
import * as schema from './questions/schema.ts';
import * as stored from './questions/stored.ts';

const QUESTIONS = Object.values({ ...identity, ...list, ...lookup, ...project, ...schema, ...stored }).filter(
  (value) => typeof value === 'object' && 'text' in value,
);

describe('the questions Writ asks', () => {
  it.each(QUESTIONS.map((each) => [each.name, each] as const))('%s reads, and does nothing else', (asked, { text }) => {
    const declared = [...text.matchAll(/\$(\w+): \w+!/g)].map(([, name]) => [name, 'x'] as const);
    const { operations } = classify(text, Object.fromEntries(declared));
    expect(operations.length).toBeGreaterThan(0);
    const worst = worstEffect(operations.map(({ effect }) => effect));
    expect(worst).toBe(railway.revealing?.has(asked) ? 'reveal' : 'read');
  });
  it('have names of their own', () => {
    expect(QUESTIONS.length).toBeGreaterThan(15);
    expect(new Set(QUESTIONS.map(({ name }) => name)).size).toBe(QUESTIONS.length);
  });
});
