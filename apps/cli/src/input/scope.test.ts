import { limitText, whenLines } from '@writ/core';
import { describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { conditionsOf, limitsOf, scopesOf, whenOf } from './scope.ts';

describe('compact pieces become as few grants as say exactly the same', () => {
  test('operations of one place are gathered', () => {
    expect(scopesOf(['railway/staging/*:read', 'railway/staging/customDomain*'])).toEqual([
      { connection: 'railway', environments: ['staging'], operations: ['*:read', 'customDomain*'] },
    ]);
  });

  test('places with just the same operations share one', () => {
    expect(scopesOf(['railway/shared/*:read', 'railway/staging/*:read'])).toEqual([
      { connection: 'railway', environments: ['shared', 'staging'], operations: ['*:read'] },
    ]);
  });

  test('an operation asked for in one environment is never granted in another', () => {
    const scopes = scopesOf(['railway/shared/*:read', 'railway/staging/*:read', 'railway/staging/volumeDelete']);
    expect(scopes).toEqual([
      { connection: 'railway', environments: ['shared'], operations: ['*:read'] },
      { connection: 'railway', environments: ['staging'], operations: ['*:read', 'volumeDelete'] },
    ]);
  });

  test('only the first two slashes split, so that operations may have some', () => {
    expect(scopesOf(['github/shared/repos/get:read'])[0]?.operations).toEqual(['repos/get:read']);
  });

  test('a piece without its three parts is wrong use', () => {
    for (const piece of ['railway', 'railway/staging', 'railway//x', '/staging/x', 'railway/staging/']) {
      expect(() => scopesOf([piece]), piece).toThrow(Failure);
    }
  });
});

describe('conditions on arguments', () => {
  test('are read word by word', () => {
    expect(conditionsOf(['customDomainCreate input.domain ends_with .staging.example.com', 'x a at_most 5'])).toEqual({
      customDomainCreate: { 'input.domain': { ends_with: '.staging.example.com' } },
      x: { a: { at_most: 5 } },
    });
    expect(conditionsOf(['x a one_of 1, two, true', 'x b equals false'])).toEqual({
      x: { a: { one_of: [1, 'two', true] }, b: { equals: false } },
    });
  });

  test('of another form are wrong use', () => {
    for (const line of ['x', 'x a like y', 'x a at_least much'])
      expect(() => conditionsOf([line]), line).toThrow(Failure);
  });
});

test('a condition is never lost: not on a name that objects inherit, and not to a second one on the same path', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const text = JSON.stringify(conditionsOf([`${name} ${name} equals x`]));
    expect(text).toBe(`{"${name}":{"${name}":{"equals":"x"}}}`);
  }
  expect(() => conditionsOf(['x a at_least 1', 'x a at_most 5'])).toThrow(/second condition on a of x/);
});

test('conditions of guardrails and limits of grants are read as they are shown', () => {
  const when = whenOf(['input.amount at_least 5000', 'target.name one_of acme/web, acme/api']);
  expect(whenLines(when)).toEqual(['input.amount at_least 5000', 'target.name one_of acme/web, acme/api']);
  for (const wrong of [['x'], ['x like y'], ['x at_least much'], ['x equals 1', 'x at_most 5']])
    expect(() => whenOf(wrong), wrong.join()).toThrow(Failure);
  const lines = ['5 *:destroy per day', '50000 in body.amount of refundCreate per week'];
  expect(limitsOf(lines)).toEqual([
    { operations: '*:destroy', count: 5, per: 'day' },
    { operations: 'refundCreate', sum: 'body.amount', most: 50_000, per: 'week' },
  ]);
  expect(limitsOf(lines).map(limitText)).toEqual(lines);
  for (const wrong of [
    '5 *:destroy',
    '5 *:destroy per month',
    '0 * per day',
    '-1 * per day',
    '1.5 * per day',
    '5 in of x per day',
  ])
    expect(() => limitsOf([wrong]), wrong).toThrow(Failure);
});
