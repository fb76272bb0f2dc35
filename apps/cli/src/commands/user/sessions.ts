import { counted } from '@writ/core';
import { type Command, Option } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { moment } from '../../output/text.ts';
import { type PageOptions, paged, pageInput, showPage, verb } from '../command.ts';

interface Options extends PageOptions {
  readonly end?: string;
  readonly endOthers?: boolean;
}

/** `writ user sessions`: where one is signed in. */
export function ownSessions(makeCli: CliFactory): Command {
  const command = verb('sessions', {
    summary: 'Lists where you are signed in, or ends sessions of yours.',
    examples: ['writ user sessions', 'writ user sessions --end ses_...', 'writ user sessions --end-others'],
  })
    .addOption(new Option('--end <id>', 'end this session').conflicts('endOthers'))
    .option('--end-others', 'end all but the one of this command');
  return paged(command).action(async (options: Options) => {
    const cli = makeCli();
    const { end: id } = options;
    if (id !== undefined) {
      await cli.call('sessions.delete', { id });
      cli.show({ id }, () => `The session ${id} is ended.`);
    } else if (options.endOthers === true) {
      const done = await cli.call('sessions.delete_others', {});
      cli.show(done, () => `${counted(done.sessions_ended, 'other session', 'other sessions')} ended.`);
    } else {
      showPage(cli, await cli.call('sessions.list', pageInput(options)), {
        empty: 'You have no sessions.',
        columns: {
          id: (session) => session.id,
          on: (session) => session.device ?? 'unknown',
          'last seen': (session) => (session.current ? 'this one' : moment(session.last_seen_at)),
          from: (session) => session.address ?? '',
          until: (session) => moment(session.expires_at),
        },
      });
    }
  });
}
