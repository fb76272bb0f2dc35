import { ERROR_CODES, type ErrorCode, statusOf, titleOf } from '@writ/core';
import type { z } from 'zod';
import { componentsOf, type JsonSchema, jsonSchema, reference, shapeOf } from './openapi-components.ts';
import { OAUTH_PATHS, OAUTH_SCHEMAS } from './openapi-oauth.ts';
import type { Guard, Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { streamedEvent } from './schemas/events.ts';
import { assertion } from './schemas/users.ts';

type Json = { readonly [key: string]: unknown };

/** The tags and their meaning, in the order in which they are shown. */
const TAGS: Readonly<Record<string, string>> = {
  oauth: 'Access tokens: for clients, in the forms and answers of OAuth.',
  self: 'What the holder of an access token asks about that token.',
  explain: 'What a request would do, and why it would be allowed or refused.',
  setup: 'The first owner.',
  session: 'Signing in and out.',
  sessions: 'Your own sessions.',
  me: 'Who is signed in.',
  passkeys: 'Your own passkeys: for signing in, and for proving a change.',
  users: 'People and their roles.',
  providers: 'What a connection can be to.',
  connections: 'Providers and their root credentials.',
  environments: 'Named parts of a connection.',
  operations: 'What can be done through a connection.',
  inventory: "The provider's resources and where they lie.",
  clients: 'Agents, CI jobs and scripts that ask for tokens.',
  grants: 'What clients are allowed.',
  exposure: 'What all grants come to.',
  refusals: 'What was refused, and what would have been enough.',
  tasks: 'What tokens were asked for.',
  tokens: 'Access tokens that were issued.',
  allowances: 'Standing yeses of people, counted down.',
  approvals: "Requests that wait for a human's yes.",
  guardrails: 'Rules that no grant can override.',
  freeze: 'Stopping everything, or a part of it.',
  holds: 'Requests that wait for their time before they are sent.',
  audit: 'The record of what was decided and changed.',
  events: 'What is recorded, as it is recorded.',
  notifications: 'Where people are told of what is recorded.',
  backup: 'All that the database holds, as one file.',
  keys: 'The keys that sign access tokens.',
  key_file: 'The key that seals the database.',
  system: 'Health, and this document.',
};

const DESCRIPTION =
  'Writ holds the root credentials of cloud providers and hands out short-lived access tokens for named operations in named environments. ' +
  'Errors are problem details (RFC 9457) with a stable `code`; what was wrong with an input stands in `fields`. Lists are pages: ' +
  '`next_cursor` leads to the next one, and is opaque.';

/** Makes the OpenAPI 3.1 document of the API at `publicUrl`. */
export function openApiDocument(options: { readonly publicUrl: string; readonly version: string }): Json {
  const paths: Record<string, Json> = { ...OAUTH_PATHS };
  const requests: Record<string, JsonSchema> = {};
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(id, route, requests) };
  }
  const own = { ...requests, ...OAUTH_SCHEMAS, Problem: problem, FieldProblem: fieldProblem };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Writ',
      version: options.version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: options.publicUrl }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes, schemas: componentsOf(paths, own) },
  };
}

const securitySchemes = {
  session: { type: 'apiKey', in: 'cookie', name: '__Host-writ_session' },
  stored_session: { type: 'http', scheme: 'bearer', description: 'A session of the command line: writ_ss_...' },
  access_token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  client: {
    type: 'http',
    scheme: 'basic',
    description: 'A client with a secret; others prove themselves in the form.',
  },
};

const fieldProblem = {
  type: 'object',
  required: ['field', 'problem'],
  properties: {
    field: { type: 'string', description: 'Dotted path.' },
    problem: { type: 'string' },
    found: { type: 'string' },
    nearest: { type: 'string', description: 'The nearest right name.' },
  },
};

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: ERROR_CODES },
    detail: { type: 'string' },
    request_id: { type: 'string' },
    fields: { type: 'array', items: reference('FieldProblem') },
  },
};

function operationOf(id: string, route: Route, requests: Record<string, JsonSchema>): Json {
  return {
    operationId: id,
    summary: route.summary,
    tags: [id.split('.')[0]],
    description: describeGuard(route.guard),
    security: securityOf(route.guard),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...bodyOf(id, route, requests),
    responses: responsesOf(route),
  };
}

function describeGuard(guard: Guard): string {
  if (guard.kind === 'public') return 'Anyone.';
  if (guard.kind === 'access_token') return 'The holder of an access token.';
  const automation = guard.automation ? ', or an automation client' : '';
  const proof = {
    none: '',
    recent: ' Needs a sign-in within the last 15 minutes, or an assertion, or an automation client.',
    assertion: ' Needs an assertion.',
  }[guard.proof];
  return `A user who is at least ${guard.role}${automation}.${proof}`;
}

function securityOf(guard: Guard): readonly Json[] {
  if (guard.kind === 'public') return [];
  if (guard.kind === 'access_token') return [{ access_token: [] }];
  const people = [{ session: [] }, { stored_session: [] }];
  return guard.automation ? [...people, { access_token: [] }] : people;
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties, required } = shapeOf(schema, 'input');
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (Array.isArray(required) && required.includes(name)),
    schema: property,
  }));
}

function bodyOf(id: string, route: Route, requests: Record<string, JsonSchema>): Json {
  const asserts = route.guard.kind === 'user' && route.method !== 'GET';
  const needsAssertion = route.guard.kind === 'user' && route.guard.proof === 'assertion';
  if (route.body === undefined && !asserts) return {};
  const schema = route.body !== undefined && !asserts ? jsonSchema(route.body, 'input') : asserted(id, route, requests);
  return {
    requestBody: {
      required: route.body !== undefined || needsAssertion,
      content: { 'application/json': { schema, ...exampleOf(route, needsAssertion) } },
    },
  };
}

/** The sample of a body, with the assertion where the route takes one. */
function exampleOf(route: Route, needsAssertion: boolean): Json {
  if (route.sample === undefined && !needsAssertion) return {};
  return { example: { ...route.sample, ...(needsAssertion && { assertion: ASSERTION }) } };
}

const ASSERTION = { password: 'a long sentence of mine' };

/** The body of a route that also takes an assertion, under a name of its own such as `GrantsCreateRequest`. */
function asserted(id: string, route: Route, requests: Record<string, JsonSchema>): JsonSchema {
  const needsAssertion = route.guard.kind === 'user' && route.guard.proof === 'assertion';
  const own = route.body === undefined ? NO_MEMBERS : shapeOf(route.body, 'input');
  const words = id.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const name = `${words.join('')}Request`;
  requests[name] = withAssertion(own, needsAssertion);
  return reference(name);
}

const NO_MEMBERS: JsonSchema = { type: 'object', additionalProperties: false };

/** The same schema with the member `assertion`, in each of its alternatives. */
function withAssertion(schema: JsonSchema, required: boolean): Json {
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: schema.anyOf.map((one) => withAssertion(one, required)) };
  const before = Array.isArray(schema.required) ? schema.required : [];
  return {
    ...schema,
    properties: { ...schema.properties, assertion: jsonSchema(assertion, 'input') },
    ...((required || before.length > 0) && { required: required ? [...before, 'assertion'] : before }),
  };
}

function responsesOf(route: Route): Json {
  const status = route.status ?? (route.response === null ? 204 : 200);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(route)) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  const failures = [...byStatus].sort(([a], [b]) => a - b).map(([failure, codes]) => [failure, failureOf(codes)]);
  return { [status]: successOf(route), ...Object.fromEntries(failures) };
}

function successOf(route: Route): Json {
  if (route.response === null) return { description: 'Done.' };
  if (route.response === 'ndjson') {
    return {
      description: 'One JSON value a line.',
      content: { 'application/x-ndjson': { schema: { type: 'string' } } },
    };
  }
  if (route.response === 'events') {
    return {
      description:
        'Server-sent events without end: the `data` of each is the schema, its `id` the one to resume after.',
      content: { 'text/event-stream': { schema: jsonSchema(streamedEvent, 'output') } },
    };
  }
  return { description: 'OK', content: { 'application/json': { schema: jsonSchema(route.response, 'output') } } };
}

function failureOf(codes: readonly ErrorCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}`).join(' '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** Every error code that a route can answer: its own codes, and those that follow from its guard and its input. */
export function codesOf(route: Route): ErrorCode[] {
  const { guard } = route;
  const codes: ErrorCode[] = [...(route.errors ?? []), 'misdirected', 'rate_limited', 'internal', 'unavailable'];
  if (route.params !== undefined) codes.push('not_found');
  if (route.query !== undefined) codes.push('invalid_request');
  if (guard.kind !== 'public') codes.push('unauthenticated');
  if (guard.kind === 'user' && guard.automation !== false) codes.push('invalid_token', 'frozen', 'task_ended');
  if (guard.kind === 'user') codes.push('forbidden');
  if (guard.kind === 'access_token') codes.push('invalid_token', 'frozen', 'task_ended', 'rate_limited');
  if (guard.kind === 'user' && guard.proof === 'assertion') codes.push('assertion_required', 'too_many_attempts');
  if (guard.kind === 'user' && guard.proof === 'recent') codes.push('recent_sign_in_required', 'too_many_attempts');
  if (route.params ?? route.query ?? route.body) codes.push('validation_failed');
  if (route.method !== 'GET') codes.push('invalid_request', 'body_too_large', 'unsupported_media_type');
  return [...new Set(codes)];
}
