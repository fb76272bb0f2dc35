import type { ErrorCode } from '@writ/core';
import type { z } from 'zod';

/** A user's roles, mildest first: each may do what those before it may. */
export const ROLES = ['auditor', 'approver', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Tells whether `role` may do what `least` may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/**
 * Who may call a route. `may_be_signed_in`: anybody, but a session that was shown is looked at; such a route proves nothing about its
 * caller. `assertion`: a session and an assertion in the body, never an access token. `recent`: a sign-in within
 * 15 minutes, an assertion, or an automation client's token. `automation`: what a token of an automation client may do here.
 */
export type Guard =
  | { readonly kind: 'public'; readonly may_be_signed_in?: true }
  | { readonly kind: 'access_token' }
  | {
      readonly kind: 'user';
      readonly role: Role;
      readonly proof: 'none' | 'recent' | 'assertion';
      readonly automation: 'read' | 'write' | false;
    };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One endpoint of the API. */
export interface Route {
  readonly method: Method;
  /** The path from the origin on, with `{name}` for a parameter. */
  readonly path: `/${string}`;
  readonly guard: Guard;
  /** One sentence for the OpenAPI document. */
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** The body, a JSON object; routes for users also take `assertion` in it. If absent, the only body taken is one with `assertion`. */
  readonly body?: z.ZodType;
  /** An example of the body, without `assertion`, for the OpenAPI document and for tests. Every route with a `body` has one. */
  readonly sample?: object;
  /** The answer; `null` for 204. With `ndjson`, a stream of lines; with `events`, server-sent events. */
  readonly response: z.ZodType | null | 'ndjson' | 'events';
  /** Default 200, or 204 where `response` is null. */
  readonly status?: 200 | 201;
  /** Bytes; default 64 KiB. */
  readonly body_limit?: number;
  /** Error codes that this route can answer in addition to those that every route can. */
  readonly errors?: readonly ErrorCode[];
}

/** The largest body in bytes, where a route does not set its own. */
export const BODY_LIMIT = 64 * 1024;
