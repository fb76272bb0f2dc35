import type { RailwayUpstream } from '../support/railway-upstream/start.ts';
import { findToken } from './checkout.ts';
import { DELETE_VOLUME } from './documents.ts';
import { dim, heading, red, say, speak, tell, yellow } from './paint.ts';
import { graphql, type Reply } from './railway.ts';
import { told } from './told.ts';
import { look, type Seen, showWorld } from './world.ts';

/** What came of the first act. */
export interface Without {
  readonly reply: Reply;
  readonly after: Seen;
}

/** The first act: the agent finds the root credential, and guesses. */
export async function withoutWrit(upstream: RailwayUpstream): Promise<Without> {
  heading('Without Writ');
  const { path, text, token } = await findToken(upstream.tokens.workspace);
  speak('agent', 'The staging credential does not match. There may be another in the checkout.');
  speak('', '$ grep -rn TOKEN .', yellow);
  speak('', `${path}: ${text.replace(token, `${token.slice(0, 8)}...`)}`, yellow);
  speak('', 'Made for adding custom domains. Good for everything.', dim);
  say('');
  speak('agent', 'Deleting the broken volume should stay in staging.');
  speak('', 'POST /graphql/v2   volumeDelete(volumeId: "v_prod")', yellow);
  const reply = await graphql({ url: upstream.url, token }, DELETE_VOLUME, { volumeId: 'v_prod' });
  speak('railway', `${reply.status} ${JSON.stringify(reply.data)}   after ${reply.milliseconds} ms`, red);
  say('');
  const after = await look(upstream);
  told(reply.data?.['volumeDelete'] === true, 'Railway deletes the volume for whoever has the root credential');
  told(!after.production.volumes.includes('rentals-data'), "production's volume is gone");
  told(after.production.backups === 1, 'its backups are gone with it');
  showWorld(after);
  say('');
  tell(
    "production's database is gone. Its two backups lay on the same volume. Nobody was asked, and no record says who was allowed what.",
  );
  return { reply, after };
}
