import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { startRailwayUpstream } from '../support/railway-upstream/start.ts';

/** `npm run upstream [-- --port 9801]`: a stand-in Railway to play with. Nothing in it is real, and nothing outlives it. */
const port = portOf();
await checkFree(port);
const upstream = await startRailwayUpstream({ port });

process.stdout.write(`A stand-in Railway answers at ${upstream.url}

  root credential ${upstream.tokens.workspace}
                  (a workspace token, made for this run)

  workspace       Acme
  project         rentals (p_rentals), with services api (s_api) and db (s_db)
  environments    production (e_production), staging (e_staging),
                  pr-7 (e_pr7), a fork of staging
  volumes         v_prod only in production, v_stag only in staging,
                  v_both in both

  npx writ connect railway --base-url ${upstream.url}

Ctrl-C ends it, and forgets everything.
`);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await upstream.stop();

function portOf(): number {
  const wrong = 'It takes one option: npm run upstream -- --port 9802, a port from 1 to 65535.';
  try {
    const { values } = parseArgs({ options: { port: { type: 'string', default: '9801' } } });
    const number = Number(values.port);
    return Number.isInteger(number) && number >= 1 && number <= 65_535 ? number : refuse(wrong);
  } catch {
    return refuse(wrong);
  }
}

async function checkFree(wanted: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  } catch {
    const next = wanted < 65_535 ? wanted + 1 : wanted - 1;
    refuse(
      `Port ${wanted} is in use, perhaps by another stand-in Railway. Go on with that one and the\nroot credential it printed, or start a second one: npm run upstream -- --port ${next}`,
    );
  }
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
