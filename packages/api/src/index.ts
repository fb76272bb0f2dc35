/**
 * One table of routes {method, path, guard, request, response}; the typed client and the OpenAPI document come from it.
 * Never handles a request itself and never writes a schema that core already has.
 */
export {};
