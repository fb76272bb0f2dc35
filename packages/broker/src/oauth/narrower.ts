import { canonicalJson, type Detail } from '@writ/core';

/**
 * Tells whether details ask for the same as others or less, compared as they are written: each must lie in a single one of the
 * others. Says no in doubt: what is meant to be narrower but is written otherwise counts as wider.
 */
export function isWithin(details: readonly Detail[], others: readonly Detail[]): boolean {
  return details.every((detail) => others.some((other) => isInside(detail, other)));
}

function isInside(detail: Detail, other: Detail): boolean {
  if (detail.connection !== other.connection) return false;
  const environments = other.environments.includes('*') || isSubset(detail.environments, other.environments);
  const operations = isSubset(detail.operations, other.operations);
  const { resources } = other;
  const resourcesFit =
    resources === undefined || (detail.resources !== undefined && isSubset(detail.resources, resources));
  const argumentsFit =
    other.arguments === undefined ||
    (detail.arguments !== undefined && canonicalJson(detail.arguments) === canonicalJson(other.arguments));
  return environments && operations && resourcesFit && argumentsFit;
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}
