import { SECURITY_HEADERS } from './reply.ts';

/** The pages to which one-time links lead. The token stays in the fragment, which browsers do not send. */
export const LINK_PAGES = ['/setup', '/accept'] as const;

const TEXTS: Readonly<Record<(typeof LINK_PAGES)[number], string>> = {
  '/setup': `This link makes the first owner of Writ. What follows #token= in it is the set-up token; keep it to yourself.

  npx writ user setup

asks for it, for your e-mail address, your name and a password. The same with curl:

  curl -H 'content-type: application/json' --data @- ORIGIN/api/v1/setup <<'END'
  {"setup_token": "...", "email": "you@example.com", "name": "You", "password": "at least fifteen characters"}
  END
`,
  '/accept': `This link lets you choose your password for Writ, once. What follows #token= in it is your token; keep it to yourself.

  npx writ user accept

asks for it and for the password. The same with curl:

  curl -H 'content-type: application/json' --data @- ORIGIN/api/v1/users/accept <<'END'
  {"token": "...", "password": "at least fifteen characters"}
  END
`,
};

/** Answers a link that was opened in a browser with what to do with it, in plain text. */
export function linkPage(path: (typeof LINK_PAGES)[number], publicUrl: string): Response {
  const headers = { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' };
  return new Response(TEXTS[path].replaceAll('ORIGIN', publicUrl), { headers });
}
