import postgres, { type Sql } from 'postgres';
import { type Broker, startBroker } from '../support/broker.ts';
import { fakePassword } from '../support/owner.ts';
import { type Home, makeHome } from './run.ts';

/** A real broker on Postgres, the home of its owner, and a way to its database. */
export interface OwnerScene {
  readonly broker: Broker;
  readonly home: Home;
  readonly password: string;
  readonly sql: Sql;
  close(): Promise<void>;
}

/** Opens it: the owner was set up from the command line, and is signed in. */
export async function openOwnerScene(): Promise<OwnerScene> {
  const broker = await startBroker({ database: 'postgres' });
  const sql = postgres(broker.env['DATABASE_URL'] ?? '', { max: 1, onnotice: () => undefined });
  const home = await makeHome(broker.url);
  const password = fakePassword();
  const link = `${broker.url}/setup#token=${broker.setupToken}`;
  const made = await home.writ(['user', 'setup', '--email', 'jo@example.com', '--name', 'Jo'], [link, password]);
  if (made.code !== 0) throw new Error(made.stderr);
  return {
    broker,
    home,
    password,
    sql,
    close: async () => {
      await sql.end();
      await broker.remove();
      await home.remove();
    },
  };
}
