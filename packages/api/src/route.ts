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
 * Who may call a route. `assertion`: a session and an assertion in the body, never an access token. `recent`: a sign-in within
 * 15 minutes, an assertion, or an automation client's token. `automation`: what a token of an automation client may do here.
 */
export type Guard =
  | { readonly kind: 'public' }
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
  /** From the origin, with `{name}` for parameters. */
  readonly path: `/${string}`;
  readonly guard: Guard;
  /** One sentence for the documents. */
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** A JSON object; routes for users take `assertion` besides. Absent: no body is taken (but for `assertion`). */
  readonly body?: z.ZodType;
  /** A body that the route takes, without `assertion`: the example of the documents, and what tests send. Each `body` has one. */
  readonly sample?: object;
  /** What is answered; `null` for 204. A stream of lines for `ndjson`. */
  readonly response: z.ZodType | null | 'ndjson';
  /** Default 200, or 204 where `response` is null. */
  readonly status?: 200 | 201;
  /** Bytes; default 64 KiB. */
  readonly body_limit?: number;
  /** Codes that this route answers besides those that any route may. */
  readonly errors?: readonly ErrorCode[];
}

/** Bytes of a body where the route says nothing else. */
export const BODY_LIMIT = 64 * 1024;
