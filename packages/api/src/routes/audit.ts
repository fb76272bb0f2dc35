import { asserted, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import * as audit from '../schemas/audit.ts';

/** The audit log. */
export const auditRoutes = {
  'audit.list': {
    method: 'GET',
    path: '/api/v1/audit',
    guard: reads('auditor'),
    query: audit.auditQuery,
    response: audit.audit,
    summary: 'Lists audit events, the newest first.',
  },
  'audit.histogram': {
    method: 'GET',
    path: '/api/v1/audit/histogram',
    guard: reads('auditor'),
    query: audit.histogramQuery,
    response: audit.histogram,
    summary: 'Counts audit events by time, and what became of calls.',
  },
  'audit.export': {
    method: 'GET',
    path: '/api/v1/audit/export',
    guard: reads('auditor'),
    query: audit.exportQuery,
    response: 'ndjson',
    summary: 'Streams the audit log, entry by entry, exactly as it was chained.',
  },
  'audit.checkpoint': {
    method: 'GET',
    path: '/api/v1/audit/checkpoint',
    guard: reads('auditor'),
    response: audit.checkpoint,
    summary: 'Answers a signed checkpoint over the audit log (C2SP tlog-checkpoint).',
  },
  'audit.proof': {
    method: 'GET',
    path: '/api/v1/audit/proof',
    guard: reads('auditor'),
    query: audit.proofQuery,
    response: audit.proof,
    summary: 'Proves that an entry is in the log, or that the log of one size begins that of another (RFC 9162).',
    errors: ['not_found'],
  },
  'audit.prune': {
    method: 'POST',
    path: '/api/v1/audit/prune',
    guard: asserted('owner'),
    body: audit.prune,
    sample: { before: '2026-01-01T00:00:00Z' },
    response: audit.pruned,
    summary: 'Removes the beginning of the audit log; what remains can still be proved, and says what was removed.',
    errors: ['conflict'],
  },
} as const satisfies Record<string, Route>;
