import { defined, type Effect, type JsonObject, worstEffect } from '@writ/core';
import type { Admission, LiveSchema, NewName, SchemaDifference } from '../../provider.ts';
import type { GraphqlCatalog, SchemaFacts, TypeFacts } from '../catalog.ts';
import { own } from '../own.ts';
import { baseOf, collectTypes, isOpaque, kindOf, optional, type Shape, withoutDefault } from './shape.ts';

type Facts = Omit<SchemaFacts, 'source_sha256'>;
type Inputs = Readonly<Record<string, string>>;

/** A new name with the shape it would be admitted in. */
interface NewThing extends NewName {
  readonly shape: Shape | undefined;
}

const MOST = 5_000;

/** Lists what a live schema has and the catalog lacks, what it lacks, and what both have in different shapes. */
export function compareSchema(catalog: GraphqlCatalog, live: LiveSchema): SchemaDifference {
  const facts = factsIn(live);
  const found: NewName[] = [];
  for (const { shape: _, ...one } of newThings(catalog, live)) if (found.length < MOST) found.push(one);
  const lines = differences(catalog.schema, facts);
  return { new: found, missing: lines.missing.slice(0, MOST), changed: lines.changed.slice(0, MOST) };
}

/** The shape in which a new name would be admitted; `undefined` where the schema has no such name, or one that cannot be admitted. */
export function shapeOf(
  catalog: GraphqlCatalog,
  live: LiveSchema,
  { operation, part }: Pick<Admission, 'operation' | 'part'>,
): JsonObject | undefined {
  for (const { name, part: of, shape } of newThings(catalog, live)) {
    if (name === operation && of === part) return shape as unknown as JsonObject | undefined;
  }
  return undefined;
}

/** The facts of a schema that was read, as they are kept. */
function factsIn({ facts }: LiveSchema): Facts {
  return facts as unknown as Facts;
}

interface Comparison {
  readonly catalog: GraphqlCatalog;
  readonly live: Facts;
  /** The catalog's objects and interfaces. */
  readonly known: Readonly<Record<string, TypeFacts>>;
  readonly descriptions: Readonly<Record<string, string>>;
}

function* newThings(catalog: GraphqlCatalog, schema: LiveSchema): Generator<NewThing> {
  const live = factsIn(schema);
  const comparing = { catalog, live, known: typesOf(catalog.schema), descriptions: schema.descriptions };
  for (const [owner, type] of Object.entries({ ...live.objects, ...live.interfaces })) {
    for (const [field, { type: result, args = {} }] of Object.entries(type.fields)) {
      const known = own(own(comparing.known, owner)?.fields, field);
      const at = { owner, field, name: nameOf(comparing, { owner, field, isNew: !known }) };
      if (known) yield* newArguments(comparing, at, { known: known.args ?? {}, args });
      else yield newField(comparing, at, { type: result, args });
    }
  }
}

interface At {
  readonly owner: string;
  readonly field: string;
  readonly name: string;
}

/**
 * The name of a root: qualified where the other root has the same name. For what the catalog has, the catalog decides; for what is new,
 * either schema.
 */
function nameOf({ catalog, live }: Comparison, { owner, field, isNew }: Omit<At, 'name'> & { isNew: boolean }): string {
  if (owner !== 'Query' && owner !== 'Mutation') return `${owner}.${field}`;
  const other = owner === 'Query' ? 'Mutation' : 'Query';
  const has = (facts: Facts) => own(own(facts.objects, other)?.fields, field) !== undefined;
  const isBoth = has(catalog.schema) || (isNew && has(live));
  return isBoth ? `${owner.toLowerCase()}.${field}` : field;
}

function newField(comparing: Comparison, at: At, { type, args }: { type: string; args: Inputs }): NewThing {
  const { catalog, live } = comparing;
  const signature = Object.entries(args).map(([name, each]) => `${name}: ${each}`);
  const base = {
    kind: at.owner === 'Query' || at.owner === 'Mutation' ? ('operation' as const) : ('field' as const),
    name: at.name,
    part: '',
    type: signature.length === 0 ? type : `(${signature.join(', ')}): ${type}`,
    ...said(comparing, `${at.owner}.${at.field}`),
    least: leastOf(comparing, at.owner, baseOf(type)),
  };
  const isAbstract = kindOf(catalog.schema, at.owner) === undefined && kindOf(live, at.owner) === 'interfaces';
  if (isAbstract) return { ...base, refused: 'select it on the types that implement the interface', shape: undefined };
  return shaped(base, () => {
    const given = mapValues(args, withoutDefault);
    const types = collectTypes(catalog, live, { output: type, input: Object.values(args) });
    return { kind: 'field', owner: at.owner, field: at.field, type, args: given, types };
  });
}

function leastOf({ catalog, live }: Comparison, owner: string, result: string): Effect {
  const opaque: Effect = isOpaque(catalog, live, result) ? 'reveal' : 'read';
  return owner === 'Mutation' ? worstEffect(['write', opaque]) : opaque;
}

interface Given {
  readonly known: Inputs;
  readonly args: Inputs;
}

/** The new parts of a known field's arguments, down to the values of enums. */
function* newArguments(comparing: Comparison, at: At, { known, args }: Given): Generator<NewThing> {
  const { catalog, live } = comparing;
  const least = effectOf(catalog, at);
  for (const [argument, type] of Object.entries(args)) {
    if (Object.hasOwn(known, argument)) {
      yield* newInside(comparing, {
        at,
        least,
        path: steps(argument, known[argument] ?? ''),
        type: known[argument] ?? '',
        within: [],
      });
      continue;
    }
    const base = {
      kind: 'argument' as const,
      name: at.name,
      part: argument,
      type,
      ...said(comparing, `${at.owner}.${at.field}(${argument})`),
      least,
    };
    yield shaped(base, () => ({
      kind: 'argument',
      owner: at.owner,
      field: at.field,
      argument,
      type: optional(type),
      types: collectTypes(catalog, live, { input: [type] }),
    }));
  }
}

interface Inside {
  readonly at: At;
  readonly least: Effect;
  readonly path: string;
  /** As the catalog has it. */
  readonly type: string;
  /** The input types around this one: a type that holds itself is not followed. */
  readonly within: readonly string[];
}

function* newInside(comparing: Comparison, { at, least, path, type, within }: Inside): Generator<NewThing> {
  const { catalog, live } = comparing;
  const name = baseOf(type);
  for (const value of own(live.enums, name) ?? []) {
    const known = own(catalog.schema.enums, name);
    if (known === undefined || known.includes(value)) continue;
    const shape: Shape = { kind: 'value', enum: name, value };
    const part = `${path}=${value}`;
    yield { kind: 'argument', name: at.name, part, type: name, ...said(comparing, `${name}.${value}`), least, shape };
  }
  const fields = own(catalog.schema.inputs, name);
  if (fields === undefined || within.includes(name)) return;
  for (const [field, liveType] of Object.entries(own(live.inputs, name) ?? {})) {
    const knownType = own(fields, field);
    if (knownType !== undefined) {
      const inner = `${path}.${steps(field, knownType)}`;
      yield* newInside(comparing, { at, least, path: inner, type: knownType, within: [...within, name] });
      continue;
    }
    const base = {
      kind: 'argument' as const,
      name: at.name,
      part: `${path}.${field}`,
      type: liveType,
      ...said(comparing, `${name}.${field}`),
      least,
    };
    yield shaped(base, () => ({
      kind: 'input_field',
      input: name,
      field,
      type: optional(liveType),
      types: collectTypes(catalog, live, { input: [liveType] }),
    }));
  }
}

/** A name of an argument path, with `[]` where it is a list. */
function steps(name: string, type: string): string {
  return (type.split(' = ')[0] ?? '').includes('[') ? `${name}[]` : name;
}

/** The catalog's own effect: a call that uses something new is never milder. */
function effectOf(catalog: GraphqlCatalog, { owner, field }: At): Effect {
  if (owner === 'Query') return own(catalog.queries, field)?.effect ?? 'read';
  if (owner === 'Mutation') return own(catalog.mutations, field)?.effect ?? 'write';
  return own(own(catalog.fields, owner), field)?.effect ?? 'read';
}

function shaped(base: Omit<NewThing, 'shape'>, make: () => Shape): NewThing {
  try {
    return { ...base, shape: make() };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ...base, refused: `its types contradict the catalog: ${error.message}`, shape: undefined };
  }
}

function said({ descriptions }: Comparison, key: string): Pick<NewName, 'description'> {
  const description = own(descriptions, key);
  return defined({ description });
}

function typesOf({ objects, interfaces }: Facts): Readonly<Record<string, TypeFacts>> {
  return { ...objects, ...interfaces };
}

/** The catalog's names that the live schema lacks, and those it gives another type. */
function differences(
  catalog: Facts,
  live: Facts,
): { readonly missing: readonly string[]; readonly changed: readonly string[] } {
  const lines = { missing: [] as string[], changed: [] as string[] };
  const compare = (name: string, known: string, found: string | undefined) => {
    if (found === undefined) lines.missing.push(name);
    else if (found !== known) lines.changed.push(`${name}: ${known} in the catalog, ${found} in the live schema`);
  };
  const liveTypes = typesOf(live);
  for (const [owner, { fields }] of Object.entries(typesOf(catalog))) {
    const there = own(liveTypes, owner)?.fields;
    for (const [field, { type, args = {} }] of Object.entries(fields)) {
      const found = own(there, field);
      compare(`${owner}.${field}`, type, found?.type);
      if (found)
        for (const [arg, each] of Object.entries(args))
          compare(`${owner}.${field}(${arg})`, each, own(found.args ?? {}, arg));
    }
  }
  for (const [input, fields] of Object.entries(catalog.inputs)) {
    for (const [field, type] of Object.entries(fields))
      compare(`${input}.${field}`, type, own(own(live.inputs, input), field));
  }
  for (const [name, values] of Object.entries(catalog.enums)) {
    for (const value of values) if (!own(live.enums, name)?.includes(value)) lines.missing.push(`${name}.${value}`);
  }
  return lines;
}

function mapValues(record: Inputs, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
