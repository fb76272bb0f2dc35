import { Button, Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useApi, useChange } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { type Connection, useProviders } from '../../parts/providers.ts';
import { Failure } from '../../parts/states.tsx';
import { EnvironmentTag } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './connections.module.css';
import { HealthTag, healthOf, statusHealth } from './health.tsx';
import { AddToken, ReplaceToken } from './token-form.tsx';
import { Unused } from './unused.tsx';
import { Reach, Verify } from './verify.tsx';

/** Whose the root token is, how far it reaches, and how it is; and the end of it. */
export function OverviewTab({ connection }: { readonly connection: Connection }) {
  const mayChange = useMay('admin');
  const { slug, identity, reach, created_at, id } = connection;
  const health = healthOf(connection);
  return (
    <>
      {health.tone === 'good' ? null : (
        <div className={classes.notice} data-tone={health.tone} role={health.tone === 'bad' ? 'alert' : 'status'}>
          <strong>Root token: {health.word}</strong>
          <p>{health.sentence}</p>
        </div>
      )}
      <Section title="Whose it is, and how far it reaches" about="As the provider said when it was last verified.">
        <Facts
          facts={[
            ['Whose it is', identity === null ? 'not known' : <Inert key="identity" text={identity} />],
            ['Added', <Time key="added" at={created_at} />],
            ['Id', <Id key="id" id={id} what="the connection's id" />],
          ]}
        />
        {reach === null || reach.length === 0 ? null : (
          <div>
            <span className={classes.soft}>It reaches</span>
            <Reach reach={reach} />
          </div>
        )}
        {mayChange && connection.credentials.length > 0 ? <Verify key={versionsOf(connection)} slug={slug} /> : null}
      </Section>
      <Unused slug={slug} />
      <Credentials connection={connection} />
      {mayChange ? <Delete connection={connection} /> : null}
    </>
  );
}

/** What was verified before is not said of another root token. */
function versionsOf({ credentials }: Connection): string {
  return credentials.map(({ version }) => version).join();
}

function Credentials({ connection: { slug, provider, credentials } }: { readonly connection: Connection }) {
  const mayChange = useMay('admin');
  const kinds = useProviders()?.get(provider)?.credential_kinds;
  return (
    <Section
      title="Root tokens"
      about="Sealed, and sent to the provider alone. One bound to environments is used for them in the place of a broader one."
      actions={mayChange && credentials.length > 0 ? <AddToken slug={slug} /> : null}
    >
      {credentials.length === 0 ? <ReplaceToken slug={slug} /> : null}
      <div>
        {credentials.map((credential) => (
          <div key={credential.id} className={classes.row}>
            <span>
              {kinds?.find(({ kind }) => kind === credential.kind)?.title ?? credential.kind}{' '}
              <HealthTag health={statusHealth(credential.status)} />
              <br />
              <span className={classes.soft}>
                version {credential.version}, given <Time at={credential.created_at} />
                {credential.environments === null ? ', for all environments' : ', for '}
              </span>{' '}
              {credential.environments?.map((environment) => (
                <EnvironmentTag key={environment} slug={environment} isProtected={false} />
              ))}
            </span>
            {mayChange ? <ReplaceToken slug={slug} credential={credential} /> : null}
          </div>
        ))}
      </div>
    </Section>
  );
}

function Delete({ connection: { slug, credentials } }: { readonly connection: Connection }) {
  const go = useNavigate();
  const grants = useApi('grants.list', { connection: slug, limit: 1000 });
  const count = grants.data === undefined ? 'all' : `${grants.data.items.length}${grants.data.next_cursor ? '+' : ''}`;
  const remove = useChange('connections.delete', {
    title: `Delete the connection ${slug}`,
    danger: true,
    what: (
      <>
        <p>What ends with it, at once:</p>
        <ul>
          <li>
            {credentials.length === 1 ? 'Its root token is' : `Its ${credentials.length} root tokens are`} erased here.
            At the provider {credentials.length === 1 ? 'it stays good: revoke it' : 'they stay good: revoke them'}{' '}
            there.
          </li>
          <li>Its grants are taken back ({count}), and every token that was made by them stops here.</li>
          <li>Requests that wait for a person, and holds, are not carried out.</li>
          <li>The name {slug} is never given to another connection. The log of what was done through it stays.</li>
        </ul>
      </>
    ),
  });
  return (
    <Section title="Delete this connection" about="Erases its root tokens here and takes back every grant on it.">
      {remove.error ? <Failure error={remove.error} /> : null}
      <Group>
        <Button
          variant="default"
          // What the dialog says is fixed when it opens: it opens once it is known.
          loading={remove.isPending || grants.isPending}
          onClick={() => remove.mutate({ connection: slug }, { onSuccess: () => void go({ to: '/connections' }) })}
        >
          Delete the connection {slug}
        </Button>
      </Group>
    </Section>
  );
}
