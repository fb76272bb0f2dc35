import { useDocumentTitle } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useLiveQueries } from '../../api/live.ts';
import { type Me, useMay, useMe } from '../../api/me.ts';
import { useApi } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink } from '../../parts/link.tsx';
import { AddPasskey, useCanMakePasskey } from '../../parts/passkeys.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { SomebodyHere } from '../../shell/inside.tsx';
import { AgentStep } from './agent-step.tsx';
import { CallStep } from './call-step.tsx';
import { ConnectionStep } from './connection-step.tsx';
import { GrantStep } from './grant-step.tsx';
import { Step, Steps } from './steps.tsx';
import classes from './wizard.module.css';

interface WizardProps {
  readonly me: Me;
  readonly password: string | undefined;
  readonly forgetPassword: () => void;
}

/** What follows the owner account: each step is there, done, or still to come. */
export function Wizard({ me, ...rest }: WizardProps) {
  return (
    <SomebodyHere me={me}>
      <WizardPage {...rest} />
    </SomebodyHere>
  );
}

function WizardPage({ password, forgetPassword }: Omit<WizardProps, 'me'>) {
  useDocumentTitle('Set up Writ · Writ');
  useLiveQueries();
  const may = useMay('admin');
  return (
    <main className={classes.wizard}>
      <header className={classes.header}>
        <div>
          <div className={classes.mark}>
            <img src="/seal.svg" alt="" width={22} height={22} />
            writ
          </div>
          <h1>Set up Writ</h1>
        </div>
        <ButtonLink to="/approvals" variant="default">
          Go on later
        </ButtonLink>
      </header>
      {may ? (
        <WizardSteps password={password} forgetPassword={forgetPassword} />
      ) : (
        <Empty title="An admin sets Writ up" action={<ButtonLink to="/approvals">Go to the inbox</ButtonLink>}>
          Your role does not connect providers or make grants.
        </Empty>
      )}
    </main>
  );
}

function WizardSteps({ password, forgetPassword }: Omit<WizardProps, 'me'>) {
  const me = useMe();
  const canPasskey = useCanMakePasskey();
  const [secret, setSecret] = useState<{ readonly client_id: string; readonly text: string }>();
  const [stored, setStored] = useState(false);
  const there = useWhatIsThere();
  if (there.error) return <Failure error={there.error} retry={there.retry} />;
  if (there.isPending || canPasskey === undefined) return <Loading lines={8} />;
  const { connection, environments, client, grant } = there;
  const offersPasskey = password !== undefined && canPasskey;
  const isConnected = connection !== undefined && environments.length > 0;
  const hasAgent = client !== undefined && (secret === undefined || stored);
  const steps: readonly { name: string; isDone: boolean; about: ReactNode; body: () => ReactNode }[] = [
    {
      name: 'Your account',
      isDone: !offersPasskey,
      about: <Inert text={`${me.name}, ${me.email}`} />,
      body: () => (
        <>
          <p>
            A passkey is quicker than the password, and nobody can trick you out of it: with it you sign in, and prove
            what you approve. The password stays good.
          </p>
          <AddPasskey
            {...(password !== undefined && { password })}
            done={forgetPassword}
            otherwise={{ name: 'Not now', go: forgetPassword }}
          />
        </>
      ),
    },
    {
      name: 'First connection',
      isDone: isConnected,
      about: connection ? <Inert text={`${connection.slug}: ${connection.identity ?? 'not verified yet'}`} /> : null,
      body: () => <ConnectionStep connection={connection} />,
    },
    {
      name: 'First agent',
      isDone: hasAgent,
      about: client ? <Inert text={`${client.name} (${client.client_id})`} /> : null,
      body: () => (
        <AgentStep
          secret={secret}
          made={(client_id, text) => setSecret({ client_id, text })}
          stored={() => setStored(true)}
        />
      ),
    },
    {
      name: 'First grant',
      isDone: grant !== undefined,
      about: grant ? <Inert text={grant.name ?? grant.id} /> : null,
      body: () =>
        client && connection ? <GrantStep client={client} connection={connection} environments={environments} /> : null,
    },
    {
      name: 'First call',
      isDone: false,
      about: null,
      body: () =>
        client && grant ? (
          <CallStep
            client={client}
            grant={grant}
            secret={secret?.client_id === client.client_id ? secret.text : undefined}
            arrived={() => setSecret(undefined)}
          />
        ) : null,
    },
  ];
  const current = steps.findIndex(({ isDone }) => !isDone);
  return (
    <Steps>
      {steps.map(({ name, about, body }, index) => (
        <Step key={name} name={name} about={about} state={stateOf(index, current)}>
          {index === current ? body() : null}
        </Step>
      ))}
    </Steps>
  );
}

function stateOf(index: number, current: number): 'done' | 'current' | 'later' {
  if (index === current) return 'current';
  return index < current ? 'done' : 'later';
}

/** What the set-up would make, as far as there is one: whoever made it, and wherever. */
function useWhatIsThere() {
  const connections = useApi('connections.list', { limit: 1 });
  const clients = useApi('clients.list', { kind: 'agent', limit: 1 });
  const connection = connections.data?.items[0];
  const client = clients.data?.items[0];
  const environments = useApi(
    'environments.list',
    { connection: connection?.slug ?? '', limit: 1000 },
    { enabled: connection !== undefined },
  );
  const grants = useApi(
    'grants.list',
    { client_id: client?.client_id ?? '', limit: 1 },
    { enabled: client !== undefined },
  );
  const asked = [connections, clients, ...(connection ? [environments] : []), ...(client ? [grants] : [])];
  const all = environments.data?.items ?? [];
  return {
    isPending: asked.some(({ data, error }) => data === undefined && !error),
    error: asked.find(({ error, data }) => error && data === undefined)?.error,
    retry: () => asked.filter(({ isError }) => isError).forEach((each) => void each.refetch()),
    connection,
    /** Empty where there is only the reserved one. */
    environments: all.some(({ selector }) => selector !== null) ? all : [],
    client,
    grant: grants.data?.items[0],
  };
}
