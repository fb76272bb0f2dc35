/** The table's types: what goes into a verb and what comes out, by route. */
import type { z } from 'zod';
import type { ROUTES } from './routes.ts';

export type Routes = typeof ROUTES;
export type RouteId = keyof Routes;

type Part<R, K extends string, Side extends 'input' | 'output'> =
  R extends Readonly<Record<K, infer S extends z.ZodType>>
    ? Side extends 'input'
      ? z.input<S>
      : z.output<S>
    : unknown;

type PartsOf<R, Side extends 'input' | 'output'> = Part<R, 'params', Side> &
  Part<R, 'query', Side> &
  Part<R, 'body', Side>;

/** What a verb is called with: parameters, query and body in one, parsed. Their names never collide (a test holds it). */
export type InputOf<K extends RouteId> =
  unknown extends PartsOf<Routes[K], 'output'> ? Readonly<Record<string, never>> : PartsOf<Routes[K], 'output'>;

/** What a caller of the API gives, before defaults. */
export type RequestOf<K extends RouteId> = PartsOf<Routes[K], 'input'>;

/** What a verb returns: the response, nothing for 204, lines for a stream. */
export type OutputOf<K extends RouteId> = Routes[K]['response'] extends z.ZodType
  ? z.output<Routes[K]['response']>
  : Routes[K]['response'] extends 'ndjson'
    ? AsyncIterable<string>
    : undefined;

/** The guard of a route, as a type. */
export type GuardOf<K extends RouteId> = Routes[K]['guard'];
