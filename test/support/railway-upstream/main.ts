import { parseArgs } from 'node:util';
import { listenControl } from './control.ts';
import { SEEDS, type SeedName } from './seeds.ts';
import { StandIn } from './server.ts';

/**
 * The stand-in Railway as a process of its own: `node main.ts [--seed incident] [--port 0]`.
 * Prints one line of JSON, `{"url", "control"}`, when it listens; ends when its standard input does.
 */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: 'incident' }, port: { type: 'string', default: '0' } },
});
if (!(values.seed in SEEDS)) throw new Error(`no seed ${values.seed}; there are ${Object.keys(SEEDS).join(', ')}`);
const standIn = new StandIn(values.seed as SeedName);
const port = await standIn.listen(Number(values.port));
const control = await listenControl(standIn);
process.stdout.write(
  `${JSON.stringify({ url: `http://127.0.0.1:${port}`, control: `http://127.0.0.1:${control}` })}\n`,
);
process.stdin.on('end', () => process.exit(0)).resume();
