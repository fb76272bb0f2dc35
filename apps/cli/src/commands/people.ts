import type { Command } from 'commander';
import type { CliFactory } from '../cli.ts';
import { noun } from './command.ts';
import { login } from './login/login.ts';
import { logout } from './login/logout.ts';
import { acceptUser } from './user/accept.ts';
import { inviteUser } from './user/invite.ts';
import { listUsers } from './user/list.ts';
import { ownPasskeys } from './user/passkeys.ts';
import { changePassword } from './user/password.ts';
import { removeUser } from './user/remove.ts';
import { resetUser } from './user/reset.ts';
import { changeRole } from './user/role.ts';
import { ownSessions } from './user/sessions.ts';
import { setUpOwner } from './user/setup.ts';

/** The commands about people: who may sign in, and signing in. */
export function peopleCommands(cli: CliFactory): Command[] {
  const users = [
    setUpOwner,
    listUsers,
    inviteUser,
    acceptUser,
    changeRole,
    resetUser,
    removeUser,
    changePassword,
    ownPasskeys,
    ownSessions,
  ];
  return [
    login(cli),
    logout(cli),
    noun(
      'user',
      'The people who may sign in.',
      users.map((make) => make(cli)),
    ),
  ];
}
