/** `npm run seed -- [--grants 10000] [--events 100000] [--clients 500]`: fills a new database, so that it can be seen how Writ is with much in it. */
import { parseArgs } from 'node:util';
import { readConfig } from '../../../apps/server/src/config.ts';
import { StartError } from '../../../apps/server/src/start-error.ts';
import { seed } from './seed.ts';

const SIZES = { clients: 500, grants: 10_000, events: 100_000 } as const;
type Sizes = Record<keyof typeof SIZES, number>;

try {
  const sizes = sizesOf();
  const config = readConfig();
  const { people, seconds } = await seed(config, sizes);
  const lines = people.map(({ role, email, password }) => `  ${role.padEnd(9)} ${email.padEnd(26)} ${password}`);
  process.stdout.write(`Filled in ${seconds} s: ${sizes.clients} clients, ${sizes.grants} grants, ${sizes.events} audit events of 30 days.
Connections are to a stand-in that answers once it was started: npm run upstream

${lines.join('\n')}

Start the broker with the same settings: npm start
`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function sizesOf(): Sizes {
  const wrong = 'It takes whole numbers, at least 1: npm run seed -- --grants 10000 --events 100000 --clients 500';
  const sizes: Sizes = { ...SIZES };
  try {
    const option = { type: 'string' } as const;
    const { values } = parseArgs({ options: { clients: option, grants: option, events: option } });
    for (const name of ['clients', 'grants', 'events'] as const) {
      const given = values[name];
      if (given !== undefined) sizes[name] = /^[1-9]\d{0,7}$/.test(given) ? Number(given) : refuse(wrong);
    }
    return sizes;
  } catch {
    return refuse(wrong);
  }
}

function refuse(sentence: string): never {
  throw new StartError(sentence);
}
