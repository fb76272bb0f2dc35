import { anyone } from '../guards.ts';
import type { Route } from '../route.ts';
import * as system from '../schemas/system.ts';

/** Health, and the API's own document. */
export const systemRoutes = {
  'system.healthz': {
    method: 'GET',
    path: '/healthz',
    guard: anyone,
    response: system.alive,
    summary: 'Answers while the process lives.',
  },
  'system.readyz': {
    method: 'GET',
    path: '/readyz',
    guard: anyone,
    response: system.ready,
    summary: 'Answers while requests can be served.',
    errors: ['unavailable'],
  },
  'system.openapi': {
    method: 'GET',
    path: '/api/v1/openapi.json',
    guard: anyone,
    response: system.document,
    summary: 'This document.',
  },
} as const satisfies Record<string, Route>;
