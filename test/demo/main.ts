import { type RailwayUpstream, startRailwayUpstream } from '../support/railway-upstream/start.ts';
import { startDemoBroker } from './broker.ts';
import { type Human, withHuman } from './human.ts';
import { bold, dim, green, heading, red, rows, rule, say, tell } from './paint.ts';
import { auditTrail } from './set-up.ts';
import { NotAsTold } from './told.ts';
import { type With, withWrit } from './with.ts';
import { type Without, withoutWrit } from './without.ts';
import { look, showWorld } from './world.ts';

/** `npm run demo`: the incident against a stand-in Railway, without Writ and with it. Exits 0 only if all happened as told. */
async function main(): Promise<void> {
  const begun = performance.now();
  const stops: (() => Promise<void>)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const stop of stops.splice(0)) await stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(130)));
  }
  // The broker starts while the first act is played.
  const starting = startDemoBroker();
  stops.push(async () => await starting.then((broker) => broker.stop(), ignore));
  try {
    const upstream = await startRailwayUpstream();
    stops.push(upstream.stop);
    await opening(upstream);
    const without = await withoutWrit(upstream);
    await upstream.reset();
    const broker = await starting;
    const withIt = await withWrit(upstream, broker);
    const human = await withHuman(upstream, broker, withIt.password);
    heading('Who did what, and what was said to it');
    const whole = await auditTrail(broker);
    ending({ without, withIt, human, whole });
    const seconds = Math.round((performance.now() - begun) / 1000);
    say(dim(`  All of this happened just now, in ${seconds} s, in three processes on this machine.`), '');
  } finally {
    await cleanUp();
  }
}

function ignore(): void {
  // A broker that did not start has nothing to stop; why it did not is said where it is waited for.
}

async function opening(upstream: RailwayUpstream): Promise<void> {
  heading('Nine seconds');
  tell(
    'An agent fixes a staging problem of a car rental platform. Its task: add a custom domain to staging. This is the world before it begins; one volume, "uploads", lies in both environments.',
  );
  say('');
  showWorld(await look(upstream));
}

const WIDTHS = [23, 21, 34];

function ending({
  without,
  withIt,
  human,
  whole,
}: {
  readonly without: Without;
  readonly withIt: With;
  readonly human: Human;
  readonly whole: string;
}): void {
  heading('Side by side');
  rows([['', 'without Writ', 'with Writ']], { widths: WIDTHS, paint: [bold, bold, bold] });
  rule(WIDTHS);
  const codes = withIt.tricks.map((reply) => reply.code);
  rows(
    [
      ['the agent holds', 'the root credential', 'a token for one task, for 15 min'],
      ['customDomainCreate', 'can be done', `${withIt.created.status}, done`],
      ['volumeDelete', `${without.reply.status}, done`, `${withIt.refused.status} ${withIt.refused.code}`],
      ["production's secrets", 'can be read', `${human.asked.code}, ${human.answered.code}`],
      ['three tricks', 'can be done', [...new Set(codes)].join(', ')],
      [
        "production's volumes",
        `${without.after.production.volumes.length} of 2 left`,
        `${withIt.after.production.volumes.length} of 2 left`,
      ],
      [
        "production's backups",
        `${without.after.production.backups} of 3 left`,
        `${withIt.after.production.backups} of 3 left`,
      ],
      ['what was written down', 'nothing', `the audit log, ${whole.split(',')[0] ?? ''}`],
    ],
    { widths: WIDTHS, paint: [dim, red, green] },
  );
  say('');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof NotAsTold ? error.message : `The demo stopped: ${String(error)}`}\n`);
  process.exitCode = 1;
}
