import type { Ctx, Services, SystemActor } from '@writ/broker';
import { makeId } from '@writ/core';

/** The context for what the broker does by itself. */
export function systemContext(services: Services): Ctx<SystemActor> {
  const request_id = makeId('request', { now: services.now(), randomBytes: services.randomBytes });
  return { ...services, actor: { kind: 'system' }, request_id, address: '' };
}
