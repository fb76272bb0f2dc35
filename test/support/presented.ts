import type { PresentedToken } from '@writ/broker';

/** An access token as a request shows it that has no proof. */
export const bearer = (token: string): PresentedToken => ({
  token,
  scheme: 'bearer',
  proofs: [],
  method: 'GET',
  url: 'http://localhost:8700/api/v1/self',
});
