/** The types of the table: the input and the output of each route's verb. */
import type { z } from 'zod';
import type { ROUTES } from './routes.ts';
import type { EventReader } from './schemas/events.ts';

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

/** The input of a verb: the parsed parameters, query and body in one object. Their names never collide (a test holds it). */
export type InputOf<K extends RouteId> =
  unknown extends PartsOf<Routes[K], 'output'> ? Readonly<Record<string, never>> : PartsOf<Routes[K], 'output'>;

/** The input as a caller of the API gives it, before defaults are filled in. */
export type RequestOf<K extends RouteId> = PartsOf<Routes[K], 'input'>;

/** The output of a verb: the response, nothing for 204, lines or events for a stream. */
export type OutputOf<K extends RouteId> = Routes[K]['response'] extends z.ZodType
  ? z.output<Routes[K]['response']>
  : Routes[K]['response'] extends 'ndjson'
    ? AsyncIterable<string>
    : Routes[K]['response'] extends 'events'
      ? EventReader
      : undefined;

/** The guard of a route, as a type. */
export type GuardOf<K extends RouteId> = Routes[K]['guard'];
