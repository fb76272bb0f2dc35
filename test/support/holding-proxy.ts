/** A wire between a broker and its clients that can be held while an answer passes. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The wire. */
export interface HoldingProxy {
  readonly url: string;
  /** Sets the broker's port. */
  lead(port: number): void;
  /** Holds each connection that has passed so many bytes of answers, until `letGo`; settled when there is one. Others pass as ever. */
  hold(bytes: number): Promise<void>;
  letGo(): void;
  close(): Promise<void>;
}

/** Opens it on a port of its own. */
export async function openHoldingProxy(): Promise<HoldingProxy> {
  let target = 0;
  let most = Number.POSITIVE_INFINITY;
  let held = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(broker);
    let passed = 0;
    broker.on('data', (bytes: Buffer) => {
      client.write(bytes);
      passed += bytes.length;
      if (passed < most) return;
      broker.pause();
      held.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    lead: (port) => {
      target = port;
    },
    hold: (bytes) => {
      most = bytes;
      held = Promise.withResolvers<void>();
      return held.promise;
    },
    letGo: () => {
      most = Number.POSITIVE_INFINITY;
      for (const socket of sockets) socket.resume();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
