/**
 * One table of routes {method, path, guard, request, response}; the typed client and the OpenAPI document come from it.
 * Never handles a request itself and never writes a schema that core already has.
 */
export * from './client.ts';
export * from './guards.ts';
export * from './openapi.ts';
export * from './route.ts';
export * from './routes.ts';
export type { ClientAuth } from './schemas/clients.ts';
export { type Assertion, assertion as assertionSchema } from './schemas/users.ts';
export * from './types.ts';
