import type { RequestOf } from '@writ/api';
import { DETAIL_TYPE, type Detail, defined } from '@writ/core';
import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { usage } from '../../failure.ts';
import { conditionsOf, scopesOf } from '../../input/scope.ts';
import { moment, wrap } from '../../output/text.ts';
import { seconds, several, verb, wholeNumber } from '../command.ts';
import { previewOf, summary } from '../grant/preview.ts';
import { whatText } from './text.ts';

interface Options {
  readonly uses: number;
  readonly for: number;
  readonly resource?: readonly string[];
  readonly where?: readonly string[];
}

/** `writ allowances create`: shows what it would let pass, then asks for the password. */
export function createAllowance(makeCli: CliFactory): Command {
  return verb('create', {
    summary: 'Says yes beforehand, for one task, so many times and so long, after showing what it would let pass.',
    examples: [
      "writ allowances create my-agent tsk_01jd... 'acme/staging/invite*:escalate' --uses 3 --for 30m",
      'writ allowances create my-agent tsk_01jd... acme/production/redeploy --resource service:s_1 --uses 5 --for 1h',
    ],
    notes:
      'It stands for a yes alone: never for a hold, for several people, or for what destroys or escalates in a protected environment. It ends with the task.',
  })
    .argument('<client>')
    .argument('<task>', 'its id')
    .argument('<what...>', 'connection/environment/operations, all of one connection; quote what has a *')
    .requiredOption('--uses <n>', 'how many operations it lets pass, at most 1000', wholeNumber)
    .requiredOption('--for <duration>', 'for how long: 1m to 7d', seconds)
    .option('--resource <kind:id>', 'only on these resources (may be given several times)', several)
    .option('--where <condition>', '"OPERATION PATH COMPARISON VALUE" (may be given several times)', several)
    .action(async (client_id: string, task_id: string, pieces: string[], options: Options) => {
      const cli = makeCli();
      const detail = detailOf(pieces, options);
      if (cli.globals.json !== true) {
        const { type: _, ...scope } = detail;
        const { items } = await previewOf(cli, [{ client_id, ...scope }]);
        const wanting = items.filter((item) => item.approve && item.hold_minutes === 0 && item.quorum === undefined);
        const head = wrap(`It would let pass without asking anybody: ${whatText(detail)}`, cli.out.width).join('\n');
        const none = 'As guardrails are now, nothing of that waits for one yes alone: it would be of no use.';
        cli.out.write(`${head}\n\n${wanting.length === 0 ? none : summary(wanting, cli.out.width)}\n\n`);
      }
      const input: RequestOf<'allowances.create'> = {
        ...{ client_id, task_id, detail },
        ...{ uses: options.uses, expires_in: options.for },
      };
      const made = await cli.call('allowances.create', input);
      cli.show(made, () =>
        cli.called(
          `${made.id} lets ${made.left} operations pass until ${moment(made.expires_at)}. Take it back with: writ allowances delete ${made.id}`,
        ),
      );
    });
}

function detailOf(pieces: readonly string[], { resource, where }: Options): Detail {
  const [scope, ...more] = scopesOf(pieces);
  if (scope === undefined || more.length > 0)
    throw usage('An allowance is for one connection, with the same operations in each environment: make one for each.');
  const { connection, environments, operations } = scope;
  const only = { resources: resource?.slice(), arguments: where && conditionsOf(where) };
  return { type: DETAIL_TYPE, connection, environments, operations, ...defined(only) };
}
