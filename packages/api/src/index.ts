/**
 * One table of routes {method, path, guard, request, response}; the typed client and the OpenAPI document come from it.
 * Never handles a request itself and never writes a schema that core already has.
 */
export { type ApiClient, ApiError, type CallOptions, createClient, PERSON_HEADER } from './client.ts';
export { followEvents } from './follow-events.ts';
export { openApiDocument } from './openapi.ts';
export { BODY_LIMIT, type Guard, isAtLeast, ROLES, type Role, type Route } from './route.ts';
export { ROUTES } from './routes.ts';
export { type Shown, type ShownToken, shownSchema, shownTokenSchema } from './schemas/approvals.ts';
export type { ClientAuth } from './schemas/clients.ts';
export { type EventReader, type StreamedEvent, streamedEvent as streamedEventSchema } from './schemas/events.ts';
export { FINDING_KINDS } from './schemas/exposure.ts';
export type { NewPasskey, PasskeyChange, PasskeyProof } from './schemas/passkeys.ts';
export { type Assertion, type AssertionKind, assertion as assertionSchema } from './schemas/users.ts';
export type { GuardOf, InputOf, OutputOf, RequestOf, RouteId } from './types.ts';
