import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { EXIT, failureOf } from '../../failure.ts';
import { verb } from '../command.ts';

/** `writ logout`: ends the session at the broker, and forgets it here even if the broker cannot be asked. */
export function logout(makeCli: CliFactory): Command {
  return verb('logout', { summary: 'Ends the session, here and at the broker.', examples: ['writ logout'] }).action(
    async () => {
      const cli = makeCli();
      const at = await cli.url();
      try {
        await cli.call('session.delete', {});
      } catch (error) {
        const failure = failureOf(error);
        if (failure.exit !== EXIT.notSignedIn) throw failure;
      } finally {
        await cli.keep(undefined);
      }
      cli.show({}, () => `Signed out at ${at}.`);
    },
  );
}
