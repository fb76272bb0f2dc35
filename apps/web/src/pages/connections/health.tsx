import type { Connection } from '../../parts/providers.ts';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';

/** How a connection's root credentials are, in a word and in a sentence that says what to do. */
interface Health {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly word: string;
  readonly sentence: string;
}

const HEALTH = {
  none: {
    tone: 'bad',
    word: 'no root credential',
    sentence:
      'There is no root credential here any more, so everything through this connection is refused. Give one below.',
  },
  rejected: {
    tone: 'bad',
    word: 'rejected',
    sentence:
      'The provider no longer accepts the root credential: it was revoked there, or is not the right one. Calls through this connection fail until you replace it.',
  },
  flagged: {
    tone: 'bad',
    word: 'may have leaked',
    sentence:
      'An answer of the provider held the root credential itself. Writ cut that answer off, but what the provider sends may be known elsewhere: revoke it there, and replace it here.',
  },
  unverified: {
    tone: 'warn',
    word: 'never verified',
    sentence: 'Nobody has asked the provider yet whose this root credential is and how far it reaches. Verify it.',
  },
  verified: { tone: 'good', word: 'verified', sentence: 'The provider accepts the root credential.' },
} as const satisfies Record<string, Health>;

/** The worst of a connection's root credentials. */
export function healthOf({ credentials }: Pick<Connection, 'credentials'>): Health {
  if (credentials.length === 0) return HEALTH.none;
  const found = new Set(credentials.map(({ status }) => status));
  const worst = (['rejected', 'flagged', 'unverified'] as const).find((status) => found.has(status));
  return HEALTH[worst ?? 'verified'];
}

/** The same of one root credential. */
export function statusHealth(status: Connection['credentials'][number]['status']): Health {
  return HEALTH[status];
}

/** A word about it, never by colour alone. */
export function HealthTag({ health: { tone, word } }: { readonly health: Health }) {
  return <Label tone={tone}>{word}</Label>;
}

/** When the provider was last asked about all of a connection's root credentials: the time of the one that was asked longest ago. */
export function LastVerified({
  connection: { credentials },
}: {
  readonly connection: Pick<Connection, 'credentials'>;
}) {
  const times = credentials.map(({ verified_at }) => verified_at);
  const oldest = times.filter((at) => at !== null).sort()[0];
  return oldest === undefined || times.includes(null) ? 'never' : <Time at={oldest} />;
}
