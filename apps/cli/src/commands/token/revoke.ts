import type { Command } from 'commander';
import type { CliFactory } from '../../cli.ts';
import { revoke } from '../../oauth.ts';
import { verb } from '../command.ts';
import { type IdentityOptions, identity, KEY_FILE, SECRET_FILE } from './identity.ts';
import { presentedToken, TOKEN_FILE } from './presented.ts';

interface Options extends IdentityOptions {
  readonly tokenFile?: string;
}

/** `writ token revoke`. */
export function revokeToken(makeCli: CliFactory): Command {
  return verb('revoke', {
    summary: "Gives up one of a client's own access tokens, as that client.",
    examples: [
      'writ token revoke my-agent --secret-file my-agent.secret --token-file token',
      'echo "$TOKEN" | writ token revoke deploy --key-file deploy.key.json --stdin',
    ],
    notes: "Another client's token stays as it is. An admin revokes anybody's with `writ tokens revoke`.",
  })
    .argument('<client>', 'whose token it is')
    .option(...TOKEN_FILE)
    .option(...SECRET_FILE)
    .option(...KEY_FILE)
    .action(async (clientId: string, options: Options) => {
      const cli = makeCli();
      const token = await presentedToken(cli, options);
      const form = new URLSearchParams({ token: token.expose(), token_type_hint: 'access_token' });
      await revoke(cli, { form, ...(await identity(cli, clientId, options)) });
      cli.show({ accepted: true }, () => `If it was a token of ${clientId}, it is refused from now on.`);
    });
}
