import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from './broker.ts';

describe.each(['embedded', 'postgres'] as const)('on %s', (database) => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker({ database });
  });
  afterAll(() => broker.remove());

  test('a broker starts, is set up once, knows its owner, and does so still after a crash', async () => {
    const owner = await broker.owner();
    expect(await owner.client.call('me.get')).toMatchObject({ email: owner.email, role: 'owner' });
    await broker.kill9();
    await broker.restart();
    expect(await owner.client.call('me.get')).toMatchObject({ email: owner.email });
    expect(await broker.stop()).toBe(0);
  });
});
