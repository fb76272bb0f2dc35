import { ERROR_CODES, type ErrorCode, statusOf, titleOf } from '@writ/core';
import { z } from 'zod';
import type { Guard, Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { assertion } from './schemas/users.ts';

type Json = { readonly [key: string]: unknown };

/** Makes the OpenAPI 3.1 document of the API at `publicUrl`. */
export function openApiDocument(options: { readonly publicUrl: string; readonly version: string }): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    const item = paths[route.path] ?? {};
    item[route.method.toLowerCase()] = operationOf(id, route);
    paths[route.path] = item;
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Writ', version: options.version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: options.publicUrl }],
    paths,
    components: { securitySchemes, schemas: { Problem: problem } },
  };
}

const securitySchemes = {
  session: { type: 'apiKey', in: 'cookie', name: '__Host-writ_session' },
  stored_session: { type: 'http', scheme: 'bearer', description: 'A session of the command line: writ_ss_...' },
  access_token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
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
    fields: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'problem'],
        properties: {
          field: { type: 'string' },
          problem: { type: 'string' },
          found: { type: 'string' },
          nearest: { type: 'string' },
        },
      },
    },
  },
};

function operationOf(id: string, route: Route): Json {
  return {
    operationId: id,
    summary: route.summary,
    tags: [id.split('.')[0]],
    description: describeGuard(route.guard),
    security: securityOf(route.guard),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...bodyOf(route),
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
  const { properties, required } = jsonSchema(schema, 'input');
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (Array.isArray(required) && required.includes(name)),
    schema: property,
  }));
}

function bodyOf(route: Route): Json {
  const asserts = route.guard.kind === 'user' && route.method !== 'GET';
  const needsAssertion = route.guard.kind === 'user' && route.guard.proof === 'assertion';
  if (route.body === undefined && !asserts) return {};
  const own =
    route.body === undefined ? { type: 'object', additionalProperties: false } : jsonSchema(route.body, 'input');
  const schema = asserts ? withAssertion(own, needsAssertion) : own;
  return {
    requestBody: {
      required: route.body !== undefined || needsAssertion,
      content: { 'application/json': { schema } },
    },
  };
}

/** The same schema with the member `assertion`, in each of its alternatives. */
function withAssertion(schema: JsonSchema, required: boolean): Json {
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: schema.anyOf.map((one) => withAssertion(one, required)) };
  const before = Array.isArray(schema.required) ? schema.required : [];
  return {
    ...schema,
    properties: { ...schema.properties, assertion: jsonSchema(assertion, 'input') },
    ...(required || before.length > 0 ? { required: required ? [...before, 'assertion'] : before } : {}),
  };
}

interface JsonSchema {
  readonly [key: string]: unknown;
  readonly properties?: Json;
  readonly required?: unknown;
  readonly anyOf?: unknown;
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
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
  return { description: 'OK', content: { 'application/json': { schema: jsonSchema(route.response, 'output') } } };
}

function failureOf(codes: readonly ErrorCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}`).join(' '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** Every code a route can answer: its own, and those that follow from its guard and its input. */
export function codesOf(route: Route): ErrorCode[] {
  const { guard } = route;
  const codes: ErrorCode[] = [...(route.errors ?? []), 'misdirected', 'internal', 'unavailable'];
  if (guard.kind !== 'public') codes.push('unauthenticated');
  if (guard.kind === 'user') codes.push('forbidden');
  if (guard.kind === 'access_token') codes.push('invalid_token', 'frozen', 'task_ended', 'rate_limited');
  if (guard.kind === 'user' && guard.proof === 'assertion') codes.push('assertion_required', 'too_many_attempts');
  if (guard.kind === 'user' && guard.proof === 'recent') codes.push('recent_sign_in_required', 'too_many_attempts');
  if (route.params ?? route.query ?? route.body) codes.push('validation_failed');
  if (route.method !== 'GET') codes.push('invalid_request', 'body_too_large', 'unsupported_media_type');
  return [...new Set(codes)];
}
