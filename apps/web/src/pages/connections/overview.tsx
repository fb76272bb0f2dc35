import { Button, Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Environment } from '../../parts/environment.tsx';
import { FreezeSection } from '../../parts/freeze.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { type Connection, useProviders, versionsOf } from '../../parts/providers.ts';
import { Reach } from '../../parts/reach.tsx';
import { AddCredential, ReplaceCredential } from '../../parts/replace-credential.tsx';
import { Failure } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { Verify } from '../../parts/verify.tsx';
import classes from './connections.module.css';
import { HealthTag, healthOf, LastVerified, statusHealth } from './health.tsx';
import { Unused } from './unused.tsx';

/** Whose the root credential is, how far it reaches, and how it is; and the end of it. */
export function OverviewTab({ connection }: { readonly connection: Connection }) {
  const [mayChange, mayFreeze, isOwner] = [useMay('admin'), useMay('approver'), useMay('owner')];
  const { slug, identity, reach, created_at, id } = connection;
  const health = healthOf(connection);
  return (
    <>
      {health.tone === 'good' ? null : (
        <Notice tone={health.tone} title={`Root credential: ${health.word}`}>
          <p>{health.sentence}</p>
        </Notice>
      )}
      <Section title="Whose it is, and how far it reaches" about="As the provider said when it was last verified.">
        <Facts
          facts={[
            ['Whose it is', identity === null ? 'not known' : <Inert key="identity" text={identity} />],
            ['Verified', <LastVerified key="verified" connection={connection} />],
            ['Added', <Time key="added" at={created_at} />],
            ['Connection', <Id key="slug" id={slug} what="the connection's name" />],
            ['Id', <Id key="id" id={id} what="the connection's id" />],
          ]}
        />
        {reach === null || reach.length === 0 ? null : (
          <div>
            <span className={classes.soft}>It reaches</span>
            <Reach reach={reach} />
          </div>
        )}
        {mayChange && connection.credentials.length > 0 ? (
          <Verify key={versionsOf(connection)} slug={slug} isOwner={isOwner} isShown />
        ) : null}
      </Section>
      <Unused slug={slug} />
      <Credentials connection={connection} />
      <FreezeSection
        subject={{ connection: slug }}
        about="No request of any client goes through it, answers under way are cut off, and held requests wait."
        may={mayFreeze}
      />
      {mayChange ? <Delete connection={connection} /> : null}
    </>
  );
}

function Credentials({ connection: { slug, provider, credentials } }: { readonly connection: Connection }) {
  const mayChange = useMay('admin');
  const kinds = useProviders().data?.get(provider)?.credential_kinds;
  return (
    <Section
      title="Root credentials"
      about="Sealed, and sent to the provider alone. One bound to environments is used for them in the place of a broader one."
      actions={mayChange && credentials.length > 0 ? <AddCredential slug={slug} /> : null}
    >
      {credentials.length === 0 ? <ReplaceCredential slug={slug} /> : null}
      <div>
        {credentials.map((credential) => (
          <div key={credential.id} className={classes.row}>
            <span>
              {kinds?.find(({ kind }) => kind === credential.kind)?.title ?? credential.kind}{' '}
              <HealthTag health={statusHealth(credential.status)} />
              <br />
              <span className={classes.soft}>
                version {credential.version}, given <Time at={credential.created_at} />
                {credential.verified_at === null ? null : (
                  <>
                    , verified <Time at={credential.verified_at} />
                  </>
                )}
                {credential.environments === null ? ', for all environments' : ', for '}
              </span>{' '}
              {credential.environments?.map((environment) => (
                <Environment key={environment} connection={slug} slug={environment} />
              ))}
            </span>
            {mayChange ? <ReplaceCredential slug={slug} credential={credential} /> : null}
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
            {credentials.length === 1 ? 'Its root credential is' : `Its ${credentials.length} root credentials are`}{' '}
            erased here. At the provider{' '}
            {credentials.length === 1 ? 'it stays good: revoke it' : 'they stay good: revoke them'} there.
          </li>
          <li>Its grants are taken back ({count}), and every token that was made by them stops here.</li>
          <li>Requests that wait for a person, and holds, are not carried out.</li>
          <li>The name {slug} is never given to another connection. The log of what was done through it stays.</li>
        </ul>
      </>
    ),
  });
  return (
    <Section title="Delete this connection" about="Erases its root credentials here and takes back every grant on it.">
      <Failure error={remove.error} />
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
