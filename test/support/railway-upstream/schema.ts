import { readFileSync } from 'node:fs';
import { buildSchema, extendSchema, type GraphQLSchema, parse } from 'graphql';
import { NEWS } from './news.ts';

/** The committed facts of the provider's schema, as the catalog's generator writes them. */
interface Facts {
  readonly scalars: readonly string[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly unions: Readonly<Record<string, readonly string[]>>;
  readonly interfaces: Readonly<Record<string, TypeFacts>>;
  readonly objects: Readonly<Record<string, TypeFacts>>;
  readonly inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
interface TypeFacts {
  readonly implements?: readonly string[];
  readonly fields: Readonly<Record<string, { type: string; args?: Readonly<Record<string, string>> }>>;
}

const FACTS = new URL('../../../packages/providers/src/railway/catalog/schema.generated.json', import.meta.url);
const BUILT_IN = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

/** Builds an executable schema from the committed facts, and what is newer: a fresh clone has no other description of Railway. */
export function railwaySchema(path: string | URL = FACTS): GraphQLSchema {
  const facts = JSON.parse(readFileSync(path, 'utf8')) as Facts;
  const copied = buildSchema(printFacts(facts), { assumeValidSDL: true, assumeValid: true });
  return extendSchema(copied, parse(NEWS));
}

function printFacts(facts: Facts): string {
  return [
    ...facts.scalars.filter((name) => !BUILT_IN.has(name)).map((name) => `scalar ${name}`),
    ...Object.entries(facts.enums).map(([name, values]) => `enum ${name} { ${values.join(' ')} }`),
    ...Object.entries(facts.unions).map(([name, members]) => `union ${name} = ${members.join(' | ')}`),
    ...Object.entries(facts.inputs).map(([name, fields]) => `input ${name} { ${printPairs(fields)} }`),
    ...Object.entries(facts.interfaces).map(([name, type]) => printType('interface', name, type)),
    ...Object.entries(facts.objects).map(([name, type]) => printType('type', name, type)),
  ].join('\n');
}

function printType(keyword: string, name: string, type: TypeFacts): string {
  const parents = type.implements?.length ? ` implements ${type.implements.join(' & ')}` : '';
  const fields = Object.entries(type.fields).map(
    ([field, { type: returns, args }]) => `${field}${args ? `(${printPairs(args)})` : ''}: ${returns}`,
  );
  return `${keyword} ${name}${parents} { ${fields.join('\n')} }`;
}

function printPairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, type]) => `${name}: ${type}`)
    .join(', ');
}
