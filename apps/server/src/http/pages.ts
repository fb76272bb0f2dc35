import type { Services } from '@writ/broker';
import { isId } from '@writ/core';
import { securityHeaders } from './reply.ts';

type Config = Pick<Services['config'], 'publicUrl'>;

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
export function linkPage(path: (typeof LINK_PAGES)[number], config: Config): Response {
  return plain(config, TEXTS[path].replaceAll('ORIGIN', config.publicUrl));
}

/** A page about one thing, whose id stands in the path or, where it is named, in the query. */
interface ThingPage {
  readonly path: `/${string}`;
  readonly kind: 'approval' | 'hold' | 'request' | 'task';
  readonly query?: string;
  /** One sentence, and the command: \`ID\` stands for the id. */
  readonly text: string;
}

/** The pages to which refusals and notices lead. Opening one decides nothing: it only says which command does. */
export const THING_PAGES: readonly ThingPage[] = [
  {
    path: '/approvals/{id}',
    kind: 'approval',
    text: "This request waits for a person's yes or no; to see what it would do, and to answer: npx writ approvals show ID",
  },
  {
    path: '/holds/{id}',
    kind: 'hold',
    text: 'This request waits for its time, and can be cancelled until then: npx writ holds show ID',
  },
  {
    path: '/grants/new',
    kind: 'request',
    query: 'request',
    text: 'A client asked for more than it is granted; to see the smallest grant that would do, and to make it if you mean it: npx writ grant --request ID',
  },
  {
    path: '/guardrails/undo',
    kind: 'request',
    query: 'request',
    text: 'Something is guarded less than before; to see what, and to take it back if you want: npx writ guardrail undo ID',
  },
  {
    path: '/tasks/{id}',
    kind: 'task',
    text: 'This is what tokens were asked for; to see it: npx writ tasks show ID (and to stop it: npx writ tasks end ID)',
  },
];

/** Answers such a link in plain text; undefined for an id that Writ never made: nothing of a link is repeated that could be anything else. */
export function thingPage({ kind, text }: ThingPage, id: string, config: Config): Response | undefined {
  return isId(kind, id) ? plain(config, `${text.replaceAll('ID', id)}\n`) : undefined;
}

function plain(config: Config, text: string): Response {
  return new Response(text, { headers: { ...securityHeaders(config), 'content-type': 'text/plain; charset=utf-8' } });
}
