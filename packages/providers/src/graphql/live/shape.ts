import { z } from 'zod';
import type { GraphqlCatalog, SchemaFacts } from '../catalog.ts';

/** A name of the GraphQL language: nothing else may be written into a schema again. */
const name = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]*$/);
const type = z.string().regex(/^\[*[_A-Za-z][_0-9A-Za-z]*[\]!]*$/);
const inputs = z.record(name, type);
/** Its type, with the default; the default is not used. */
const typeOrDefault = z.string().regex(/^\[*[_A-Za-z][_0-9A-Za-z]*[\]!]*(?: = .*)?$/s);

/** The types beside the catalog's that something new brings along. */
const newTypes = z.strictObject({
  scalars: z.array(name),
  enums: z.record(name, z.array(name)),
  /** Unions and interfaces: only a fragment on a member can select anything from them. */
  unions: z.record(name, z.array(name)),
  /** Without fields: each is new by itself. */
  objects: z.array(name),
  inputs: z.record(name, z.record(name, typeOrDefault)),
});

/** What an owner saw and admitted, in the words of the schema. Types are written as in `SchemaFacts`. */
export const shapeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('field'),
    /** `Query`, `Mutation`, or the type it lies in. */
    owner: name,
    field: name,
    type,
    args: inputs,
    types: newTypes,
  }),
  z.strictObject({
    kind: z.literal('argument'),
    owner: name,
    field: name,
    argument: name,
    type,
    types: newTypes,
  }),
  z.strictObject({
    kind: z.literal('input_field'),
    input: name,
    field: name,
    type,
    types: newTypes,
  }),
  z.strictObject({ kind: z.literal('value'), enum: name, value: name }),
]);

/** What an owner saw of one new name, and admitted. */
export type Shape = z.infer<typeof shapeSchema>;
/** The types that something new brings along. */
export type NewTypes = z.infer<typeof newTypes>;

type Facts = Omit<SchemaFacts, 'source_sha256'>;

/** The name in a type: `[String!]! = []` -> `String`. */
export function baseOf(type: string): string {
  return (type.split(' = ')[0] ?? '').replaceAll(/[[\]!]/g, '');
}

/** The type without its default, so that what is left out stays left out. */
export function withoutDefault(type: string): string {
  const [written = '', ...rest] = type.split(' = ');
  return rest.length === 0 ? written : optional(written);
}

/** The type as an optional one: an addition to something known must not make calls without it wrong. */
export function optional(type: string): string {
  return (type.split(' = ')[0] ?? '').replace(/!$/, '');
}

const KINDS = ['scalars', 'enums', 'unions', 'interfaces', 'objects', 'inputs'] as const;
type Kind = (typeof KINDS)[number];

/** The kind of a type. */
export function kindOf(facts: Facts, name: string): Kind | undefined {
  if (facts.scalars.includes(name) || BUILT_IN.has(name)) return 'scalars';
  return KINDS.find((kind) => kind !== 'scalars' && Object.hasOwn(facts[kind], name));
}

const BUILT_IN: ReadonlySet<string> = new Set(['Boolean', 'Float', 'ID', 'Int', 'String']);

/** Tells whether a type is a scalar that nobody has declared to be plain. */
export function isOpaque({ schema, plain_scalars = [] }: GraphqlCatalog, live: Facts, name: string): boolean {
  const kind = kindOf(schema, name) ?? kindOf(live, name);
  return kind === 'scalars' && !BUILT_IN.has(name) && !plain_scalars.includes(name);
}

const FOR_INPUT: ReadonlySet<Kind> = new Set(['scalars', 'enums', 'inputs']);

/**
 * Collects the types that the catalog lacks, from those of an output and of inputs. A type that the catalog has stays as the catalog has
 * it, also where the live schema differs. Throws a `TypeError` for a type that cannot stand where it stands.
 */
export function collectTypes(
  catalog: GraphqlCatalog,
  live: Facts,
  { output, input }: { readonly output?: string; readonly input: readonly string[] },
): NewTypes {
  const types: NewTypes = { scalars: [], enums: {}, unions: {}, objects: [], inputs: {} };
  if (output !== undefined) addOutput(types, { catalog, live, name: baseOf(output) });
  const open = input.map(baseOf);
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...addInput(types, { catalog, live, name }));
  }
  return sortTypes(types);
}

interface NamedType {
  readonly catalog: GraphqlCatalog;
  readonly live: Facts;
  readonly name: string;
}

function addOutput(types: NewTypes, { catalog, live, name }: NamedType): void {
  const known = kindOf(catalog.schema, name);
  if (known === 'inputs') throw new TypeError(`${name} is for input`);
  if (known) return;
  const kind = kindOf(live, name);
  if (kind === undefined || kind === 'inputs') throw new TypeError(`${name} is no type of an answer`);
  if (kind === 'scalars') types.scalars.push(name);
  else if (kind === 'enums') types.enums[name] = [...(live.enums[name] ?? [])];
  else if (kind === 'objects') types.objects.push(name);
  else addMembers(types, { catalog, live, name });
}

function addMembers(types: NewTypes, { catalog, live, name }: NamedType): void {
  const implementing = Object.entries(live.objects).filter(([, type]) => type.implements?.includes(name));
  const members = live.unions[name] ?? implementing.map(([member]) => member);
  types.unions[name] = [...members].filter((member) => (kindOf(catalog.schema, member) ?? 'objects') === 'objects');
  types.objects.push(...types.unions[name].filter((member) => kindOf(catalog.schema, member) === undefined));
}

/** Returns the types inside. */
function addInput(types: NewTypes, { catalog, live, name }: NamedType): readonly string[] {
  const known = kindOf(catalog.schema, name);
  if (known && !FOR_INPUT.has(known)) throw new TypeError(`${name} is not for input`);
  if (known) return [];
  const kind = kindOf(live, name);
  if (kind === undefined || !FOR_INPUT.has(kind)) throw new TypeError(`${name} is not for input`);
  if (kind === 'scalars') types.scalars.push(name);
  if (kind === 'enums') types.enums[name] = [...(live.enums[name] ?? [])];
  if (kind !== 'inputs') return [];
  const fields = live.inputs[name] ?? {};
  types.inputs[name] = { ...fields };
  return Object.values(fields).map(baseOf);
}

function sortTypes({ scalars, objects, ...rest }: NewTypes): NewTypes {
  return { ...rest, scalars: [...new Set(scalars)].sort(), objects: [...new Set(objects)].sort() };
}
