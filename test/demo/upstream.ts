import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startRailwayUpstream } from '../support/railway-upstream/start.ts';

/** `npm run upstream [-- --port 9801]`: a stand-in Railway to play with. Nothing in it is real, and nothing outlives it. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '9801' } } });
const upstream = await startRailwayUpstream({ port: Number(values.port) });

process.stdout.write(`A stand-in Railway answers at ${upstream.url}

  root token      ${upstream.tokens.workspace}   (a workspace token, made for this run)

  workspace       Acme
  project         rentals (p_rentals), with services api (s_api) and db (s_db)
  environments    production (e_production), staging (e_staging), pr-7, a fork of staging (e_pr7)
  volumes         v_prod only in production, v_stag only in staging, v_both in both

  npx writ connect railway --base-url ${upstream.url}

Ctrl-C ends it, and forgets everything.
`);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await upstream.stop();
