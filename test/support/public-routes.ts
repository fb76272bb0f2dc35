/** Everybody who reaches the port may call these. */
export const PUBLIC: readonly string[] = [
  'setup.get',
  'setup.create',
  'session.methods',
  'session.create',
  'passkeys.challenge',
  'users.accept',
  'system.healthz',
  'system.readyz',
  'system.openapi',
];
