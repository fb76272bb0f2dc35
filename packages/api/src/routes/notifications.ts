import { asserted, changes, reads } from '../guards.ts';
import type { Route } from '../route.ts';
import { byId, pageQuery } from '../schemas/common.ts';
import * as notifications from '../schemas/notifications.ts';

/** Where people are told of what is recorded. Changes take an assertion: whoever could make them would silence the alarm first. */
export const notificationsRoutes = {
  'notifications.list': {
    method: 'GET',
    path: '/api/v1/notifications',
    guard: reads('auditor'),
    query: pageQuery,
    response: notifications.notifications,
    summary: 'Lists where people are told, and whether messages arrive there.',
  },
  'notifications.create': {
    method: 'POST',
    path: '/api/v1/notifications',
    guard: asserted('admin'),
    body: notifications.createNotification,
    sample: { kind: 'slack', name: 'ops', url: 'https://hooks.example.com/services/T0/B0/x', events: ['freeze'] },
    response: notifications.createdNotification,
    status: 201,
    summary:
      'Adds a webhook, a chat or a mail address that is told of events; a webhook’s signing secret is answered once.',
  },
  'notifications.patch': {
    method: 'PATCH',
    path: '/api/v1/notifications/{id}',
    guard: asserted('admin'),
    params: byId,
    body: notifications.patchNotification,
    sample: { events: ['freeze', 'guardrails'] },
    response: notifications.notification,
    summary: 'Changes what is told, or where.',
    errors: ['not_found'],
  },
  'notifications.delete': {
    method: 'DELETE',
    path: '/api/v1/notifications/{id}',
    guard: asserted('admin'),
    params: byId,
    response: null,
    summary: 'Tells nothing there any more.',
    errors: ['not_found'],
  },
  'notifications.test': {
    method: 'POST',
    path: '/api/v1/notifications/{id}/test',
    guard: changes('admin'),
    params: byId,
    response: notifications.testedNotification,
    summary: 'Sends a message now, and answers whether it arrived.',
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>;
