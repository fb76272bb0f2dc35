/** The named shapes of the OpenAPI document: every schema that the API's files export, under its name there. */
import { detailSchema, environmentSelectorSchema, federatedAuthSchema, guardrailSchema } from '@writ/core';
import { z } from 'zod';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import * as allowances from './schemas/allowances.ts';
import * as approvals from './schemas/approvals.ts';
import * as audit from './schemas/audit.ts';
import * as backup from './schemas/backup.ts';
import * as clients from './schemas/clients.ts';
import * as connections from './schemas/connections.ts';
import * as environments from './schemas/environments.ts';
import * as events from './schemas/events.ts';
import * as explain from './schemas/explain.ts';
import * as exposure from './schemas/exposure.ts';
import * as grants from './schemas/grants.ts';
import * as guardrails from './schemas/guardrails.ts';
import * as holds from './schemas/holds.ts';
import * as keyFile from './schemas/key-file.ts';
import * as keys from './schemas/keys.ts';
import * as notifications from './schemas/notifications.ts';
import * as passkeys from './schemas/passkeys.ts';
import * as refusals from './schemas/refusals.ts';
import * as self from './schemas/self.ts';
import * as session from './schemas/session.ts';
import * as system from './schemas/system.ts';
import * as tasks from './schemas/tasks.ts';
import * as users from './schemas/users.ts';

/** A JSON Schema. */
export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly properties?: { readonly [key: string]: unknown };
  readonly required?: unknown;
  readonly anyOf?: unknown;
}

type Io = 'input' | 'output';
type SchemaNames = ReadonlyMap<z.ZodType, string>;

const MODULES = {
  allowances,
  approvals,
  audit,
  backup,
  clients,
  connections,
  environments,
  events,
  explain,
  exposure,
  grants,
  guardrails,
  holds,
  keyFile,
  keys,
  notifications,
  passkeys,
  refusals,
  self,
  session,
  system,
  tasks,
  users,
};

/** Shapes of the domain that several routes share. */
const SHARED: readonly (readonly [string, z.ZodType])[] = [
  ['AuthorizationDetail', detailSchema],
  ['EnvironmentSelector', environmentSelectorSchema],
  ['TrustPolicy', federatedAuthSchema],
  ['Guardrail', guardrailSchema],
];

const SECTION = '#/components/schemas/';

/** A reference to a named shape. */
export function reference(name: string): JsonSchema {
  return { $ref: `${SECTION}${name}` };
}

/** The name of a shape; undefined for one that is written where it is used. */
function nameOf(schema: z.ZodType, io: Io): string | undefined {
  const name = NAMES.get(schema);
  return name === undefined || io === 'output' || !shapes().differing.has(name) ? name : `${name}Input`;
}

/** A schema as JSON Schema, with references to the named ones inside it. */
export function jsonSchema(schema: z.ZodType, io: Io): JsonSchema {
  const name = nameOf(schema, io);
  return name === undefined ? inlined(schema, io) : reference(name);
}

/** The named shapes that a document refers to, directly or through one another. */
export function componentsOf(document: unknown, own: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  const all: Readonly<Record<string, JsonSchema>> = { ...shapes().input, ...shapes().output, ...own };
  const used = new Map<string, JsonSchema>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const schema = all[name];
      if (schema === undefined || used.has(name)) continue;
      used.set(name, schema);
      visit(schema);
    }
  };
  visit(document);
  return Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function namesOf(): SchemaNames {
  const exported = Object.values(MODULES).flatMap((module) => Object.entries(module));
  const schemas = exported.filter((entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType);
  const objects = schemas.filter(([, schema]) => !(schema instanceof z.ZodString || schema instanceof z.ZodEnum));
  const named = objects.map(([name, schema]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, schema] as const);
  const taken = new Map<z.ZodType, string>();
  for (const [name, schema] of [...SHARED, ...named]) if (!taken.has(schema)) taken.set(schema, name);
  return taken;
}

const NAMES: SchemaNames = namesOf();

/** The schemas of routes that have no name, each under an id that no reference has: they are written where they are used. */
function namelessOf(): SchemaNames {
  const used = Object.values<Route>(ROUTES).flatMap((route) => [route.params, route.query, route.body, route.response]);
  const schemas = used.filter((one) => one instanceof z.ZodType).filter((schema) => !NAMES.has(schema));
  return new Map([...new Set(schemas)].map((schema, at) => [schema, `${at}`]));
}

const NAMELESS: SchemaNames = namelessOf();

function generate(io: Io, rename: (name: string) => string): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of [...NAMES, ...NAMELESS]) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    unrepresentable: 'any',
    uri: (id) => `${SECTION}${rename(id)}`,
  });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [rename(name), bare(schema)]));
}

function bare(schema: object): JsonSchema {
  const { $schema: _, $id: __, id: ___, ...rest } = schema as Record<string, unknown>;
  return rest;
}

/** Names of shapes that differ between request and answer: in a request, members with a default may be left out. */
function differing(): ReadonlySet<string> {
  const found = new Set<string>();
  for (;;) {
    const rename = (name: string): string => (found.has(name) ? `${name}Input` : name);
    const [sent, answered] = [generate('input', rename), generate('output', (name) => name)];
    const more = [...NAMES.values()].filter(
      (name) => !found.has(name) && JSON.stringify(sent[name]) !== JSON.stringify(answered[name]),
    );
    if (more.length === 0) return found;
    for (const name of more) found.add(name);
  }
}

interface Shapes extends Readonly<Record<Io, Readonly<Record<string, JsonSchema>>>> {
  readonly differing: ReadonlySet<string>;
}

let made: Shapes | undefined;

/** All shapes, made together at the first use: most programs that import this file never use them, and one by one they take many times as long. */
function shapes(): Shapes {
  if (made !== undefined) return made;
  const found = differing();
  made = {
    differing: found,
    input: generate('input', (name) => (found.has(name) ? `${name}Input` : name)),
    output: generate('output', (name) => name),
  };
  return made;
}

/** A schema without a name of its own; the named schemas inside it are references. */
function inlined(schema: z.ZodType, io: Io): JsonSchema {
  const shape = shapes()[io][NAMELESS.get(schema) ?? ''];
  if (shape === undefined) throw new Error('a schema that is neither named nor of a route');
  return shape;
}

/** A named shape as it is written in the document, for code that adds to it. */
export function shapeOf(schema: z.ZodType, io: Io): JsonSchema {
  const name = nameOf(schema, io);
  return name === undefined ? inlined(schema, io) : (shapes()[io][name] ?? {});
}
