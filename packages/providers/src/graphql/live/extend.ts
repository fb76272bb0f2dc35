import { canonicalJson, digestOf, type Effect } from '@writ/core';
import type { Admission } from '../../provider.ts';
import type { OperationReview } from '../../review/review.ts';
import type { FieldReview, GraphqlCatalog, SchemaFacts, TypeFacts } from '../catalog.ts';
import { own } from '../own.ts';
import { type Admitted, makeAdmitted } from './parts.ts';
import { baseOf, isOpaque, kindOf, type NewTypes, optional, type Shape, shapeSchema, withoutDefault } from './shape.ts';

/** A catalog with what an owner admitted to it for one connection. */
export interface ExtendedCatalog {
  readonly catalog: GraphqlCatalog;
  readonly admitted: Admitted;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface CatalogCopy {
  readonly base: GraphqlCatalog;
  readonly schema: { [K in keyof Omit<SchemaFacts, 'source_sha256'>]: Mutable<SchemaFacts[K]> };
  readonly queries: Record<string, OperationReview>;
  readonly mutations: Record<string, OperationReview>;
  readonly fields: Record<string, Record<string, FieldReview>>;
  readonly names: Map<string, string>;
  readonly parts: Map<string, Map<string, Effect>>;
  readonly marks: Set<string>;
}

/**
 * Adds what was admitted to a copy of a catalog. What the catalog has stays as it is: types, arguments, reviews, the members of its
 * interfaces and unions, and the names of its operations.
 */
export function extendCatalog(base: GraphqlCatalog, admissions: readonly Admission[]): ExtendedCatalog {
  const growing = copyOf(base);
  const read = admissions.map((admission) => ({ admission, shape: shapeSchema.parse(admission.shape) }));
  // Types first, then fields, then what is added to known ones: the order in which they were admitted does not count.
  for (const { shape } of read) if (shape.kind !== 'value') addTypes(growing, shape.types);
  for (const { admission, shape } of read) if (shape.kind === 'field') admitField(growing, admission, shape);
  for (const { admission, shape } of read) if (shape.kind !== 'field') admitPart(growing, admission, shape);
  const { schema, queries, mutations, fields, names, parts, marks } = growing;
  const told = admissions
    .map(({ operation, part, effect, shape }) => canonicalJson({ operation, part, effect, shape }))
    .sort();
  const version = digestOf([base.version, told]);
  const facts = { source_sha256: base.schema.source_sha256, ...schema };
  return {
    catalog: { ...base, schema: facts, queries, mutations, fields, version },
    admitted: makeAdmitted({ base, names, parts, marks }),
  };
}

function copyOf(base: GraphqlCatalog): CatalogCopy {
  const { scalars, enums, unions, interfaces, objects, inputs } = base.schema;
  return {
    base,
    schema: {
      scalars: [...scalars],
      enums: bareCopy(enums),
      unions: bareCopy(unions),
      interfaces: bareCopy(interfaces),
      objects: bareCopy(objects),
      inputs: bareCopy(inputs),
    },
    queries: bareCopy(base.queries),
    mutations: bareCopy(base.mutations),
    fields: bareCopy(base.fields) as CatalogCopy['fields'],
    names: new Map(),
    parts: new Map(),
    marks: new Set(),
  };
}

/** Without a prototype: names come from a schema that nobody has reviewed. */
function bareCopy<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, record);
}

function addTypes({ base, schema }: CatalogCopy, types: NewTypes): void {
  const isNew = (name: string) => kindOf(base.schema, name) === undefined && kindOf(schema, name) === undefined;
  for (const name of types.scalars.filter(isNew)) (schema.scalars as string[]).push(name);
  for (const name of types.objects.filter(isNew)) schema.objects[name] = { fields: bareCopy({}) };
  for (const [name, values] of Object.entries(types.enums)) if (isNew(name)) schema.enums[name] = values;
  for (const [name, fields] of Object.entries(types.inputs)) {
    const kept = Object.entries(fields).map(([field, type]) => [field, withoutDefault(type)]);
    if (isNew(name)) schema.inputs[name] = bareCopy(Object.fromEntries(kept));
  }
  for (const [name, members] of Object.entries(types.unions)) {
    if (!isNew(name)) continue;
    if (members.length > 0) schema.unions[name] = members;
    else schema.objects[name] = { fields: bareCopy({}) };
  }
}

function admitField(
  growing: CatalogCopy,
  { operation, effect }: Admission,
  { owner, field, type, args }: Extract<Shape, { kind: 'field' }>,
): void {
  const facts = typeOf(growing, owner);
  if (facts === undefined || Object.hasOwn(facts.fields, field)) return;
  const given = Object.keys(args).length === 0 ? { type } : { type, args };
  setFields(growing, owner, { ...facts, fields: Object.assign(bareCopy(facts.fields), { [field]: given }) });
  if (owner === 'Query' || owner === 'Mutation') {
    const root = owner === 'Query' ? growing.queries : growing.mutations;
    root[field] = rootReview(effect, Object.keys(args));
    growing.names.set(`${owner}.${field}`, operation);
    return;
  }
  const review = fieldReview(growing, { effect, type, args });
  growing.fields[owner] = Object.assign(bareCopy(growing.fields[owner] ?? {}), { [field]: review });
}

/** Why an operation or field that was admitted is judged as it is. */
export const WHY_ADMITTED = 'Not in the catalog: admitted from the live schema, by an owner, for this connection.';

function rootReview(effect: Effect, args: readonly string[]): OperationReview {
  return {
    effect,
    admitted: true,
    reach: { in: 'everything' },
    secret: args,
    why: WHY_ADMITTED,
  };
}

/** The step of a new field: a leaf without arguments says something of its parent; nobody knows where anything else leads. */
function fieldReview(
  { base, schema }: CatalogCopy,
  { effect, type, args }: { effect: Effect; type: string; args: Readonly<Record<string, string>> },
): FieldReview {
  const kind = kindOf(schema, baseOf(type));
  const isLeaf = (kind === 'scalars' || kind === 'enums') && Object.keys(args).length === 0;
  const least = isOpaque(base, schema, baseOf(type)) && effect === 'read' ? 'reveal' : effect;
  return { effect: least, step: isLeaf ? 'same' : 'out', admitted: true };
}

function admitPart(
  growing: CatalogCopy,
  { operation, part, effect }: Admission,
  shape: Exclude<Shape, { kind: 'field' }>,
): void {
  if (!addPart(growing, shape)) return;
  const parts = growing.parts.get(operation) ?? new Map<string, Effect>();
  growing.parts.set(operation, parts.set(part, effect));
}

/** Adds an argument, input field or value to the schema and marks it; `false` where the catalog has it by now. */
function addPart(growing: CatalogCopy, shape: Exclude<Shape, { kind: 'field' }>): boolean {
  const { base, schema, marks } = growing;
  if (shape.kind === 'argument') {
    const { owner, field, argument, type } = shape;
    if (own(own(typeIn(base.schema, owner)?.fields, field)?.args, argument) !== undefined) return false;
    const facts = typeOf(growing, owner);
    const known = own(facts?.fields, field);
    if (facts === undefined || known === undefined) return false;
    const changed = { ...known, args: Object.assign(bareCopy(known.args ?? {}), { [argument]: optional(type) }) };
    setFields(growing, owner, { ...facts, fields: Object.assign(bareCopy(facts.fields), { [field]: changed }) });
    marks.add(`${owner}.${field}(${argument})`);
    return true;
  }
  if (shape.kind === 'input_field') {
    const { input, field, type } = shape;
    if (own(own(base.schema.inputs, input), field) !== undefined) return false;
    const known = own(schema.inputs, input);
    if (known === undefined) return false;
    schema.inputs[input] = Object.assign(bareCopy(known), { [field]: optional(type) });
    marks.add(`${input}.${field}`);
    return true;
  }
  const values = own(schema.enums, shape.enum);
  if (values === undefined || own(base.schema.enums, shape.enum)?.includes(shape.value)) return false;
  schema.enums[shape.enum] = [...new Set([...values, shape.value])];
  marks.add(`${shape.enum}=${shape.value}`);
  return true;
}

function typeOf({ schema }: CatalogCopy, name: string): TypeFacts | undefined {
  return typeIn(schema, name);
}

function typeIn(
  { objects, interfaces }: Pick<SchemaFacts, 'objects' | 'interfaces'>,
  name: string,
): TypeFacts | undefined {
  return own(objects, name) ?? own(interfaces, name);
}

function setFields({ schema }: CatalogCopy, name: string, facts: TypeFacts): void {
  if (own(schema.objects, name)) schema.objects[name] = facts;
  else schema.interfaces[name] = facts;
}
