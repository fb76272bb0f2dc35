import { ActionIcon, Menu, Modal, Stack } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { type EnvironmentKind, SHARED } from '@writ/core';
import { Suspense, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApiList, useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { type Connection, type Provider, useProviders } from '../../parts/providers.ts';
import { Selected } from '../../parts/selected.tsx';
import { Empty, Failed, Failure, Loading } from '../../parts/states.tsx';
import { EnvironmentTag, Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './connections.module.css';
import type { Environment } from './environment-form.tsx';
import { GuardChanges } from './guard-words.tsx';

const ImportEnvironments = later(async () => (await import('../../parts/import-environments.tsx')).ImportEnvironments);
const AddEnvironment = later(async () => (await import('./environment-form.tsx')).AddEnvironment);
const SelectorForm = later(async () => (await import('./environment-form.tsx')).SelectorForm);
const RenameForm = later(async () => (await import('./rename.tsx')).RenameForm);

/** What the environments of a connection are called here, and what each stands for at the provider. */
export function EnvironmentsTab({ connection: { slug, provider } }: { readonly connection: Connection }) {
  const mayChange = useMay('admin');
  const list = useApiList('environments.list', { connection: slug });
  const providers = useProviders();
  const known = providers.data?.get(provider);
  const [problem, setProblem] = useState<unknown>();
  return (
    <>
      <Failure error={problem} />
      <Failed query={providers} />
      <List
        label="Environments"
        list={list}
        keyOf={({ id }) => id}
        empty={<Empty title="No environments">Every connection has at least what lies outside any.</Empty>}
        columns={[
          {
            name: 'Environment',
            width: '26%',
            cell: (it) => <EnvironmentTag slug={it.slug} isProtected={it.protected} />,
          },
          { name: 'Guarded as', width: '130px', cell: ({ kind }) => <Label>{kind}</Label> },
          {
            name: 'Stands for',
            cell: ({ selector, stands_for }) =>
              selector === null ? stands_for.join(', ') : <Selected selector={selector} provider={known} />,
          },
          { name: 'Named', width: '130px', cell: ({ created_at }) => <Time at={created_at} /> },
          ...(mayChange
            ? [
                {
                  name: 'Change',
                  width: '110px',
                  cell: (it: Environment) =>
                    it.slug === SHARED || known === undefined ? null : (
                      <EnvironmentMenu
                        connection={slug}
                        provider={known}
                        environment={it}
                        fallsTo={(list.items ?? [])
                          .filter((each) => each.slug !== it.slug && isEphemeral(each, known))
                          .map((each) => each.slug)}
                        failed={setProblem}
                      />
                    ),
                },
              ]
            : []),
        ]}
      />
      {mayChange ? (
        <Section title="Name more of them">
          <Stack gap="xl">
            <Suspense fallback={<Loading />}>
              <ImportEnvironments slug={slug} />
            </Suspense>
            {known === undefined ? null : (
              <Suspense fallback={<Loading />}>
                <AddEnvironment connection={slug} provider={known} />
              </Suspense>
            )}
          </Stack>
        </Section>
      ) : null}
    </>
  );
}

interface MenuProps {
  readonly connection: string;
  readonly provider: Provider;
  readonly environment: Environment;
  /** The others that stand for ephemeral ones: what has no name of its own may be one of these. */
  readonly fallsTo: readonly string[];
  readonly failed: (error: unknown) => void;
}

function EnvironmentMenu({ connection, provider, environment: fresh, fallsTo, failed }: MenuProps) {
  // As it was when the menu was opened: what is offered does not turn round under the hand when the list is read again.
  const [environment, setEnvironment] = useState(fresh);
  const [dialog, setDialog] = useState<'none' | 'selector' | 'rename'>('none');
  const { slug, protected: isProtected } = environment;
  const protect = useProtect({ connection, provider, environment });
  const remove = useChange('environments.delete', {
    title: `Remove the environment ${slug}`,
    danger: true,
    what: (
      <>
        Calls that reach {environment.stands_for.join(', ')} are refused from then on
        {fallsTo.length === 0 ? '' : `, or judged as ${fallsTo.join(' or ')} where that stands for them`}. Grants and
        guardrails that name {slug} stay as they are, and cover nothing. A root credential that is bound to it alone is
        erased; one bound to others too stays for those. Nothing is changed at the provider.
      </>
    ),
  });
  const begin = () => {
    failed(undefined);
    return { onError: failed };
  };
  return (
    <>
      <Menu onOpen={() => setEnvironment(fresh)}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="md"
            aria-label={`Change ${fresh.slug}`}
            loading={protect.isPending || remove.isPending}
          >
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            onClick={() => protect.mutate({ connection, environment: slug, protected: !isProtected }, begin())}
          >
            {isProtected ? `Take protection away from ${slug}` : `Protect ${slug}`}
          </Menu.Item>
          <Menu.Item onClick={() => setDialog('rename')}>Rename {slug}</Menu.Item>
          <Menu.Item onClick={() => setDialog('selector')}>Change what {slug} stands for</Menu.Item>
          <Menu.Item color="destroy" onClick={() => remove.mutate({ connection, environment: slug }, begin())}>
            Remove {slug}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={dialog === 'selector'}
        onClose={() => setDialog('none')}
        title={`What ${slug} stands for`}
        size="lg"
      >
        <Suspense fallback={<Loading />}>
          <SelectorForm
            connection={connection}
            provider={provider}
            environment={environment}
            done={() => setDialog('none')}
          />
        </Suspense>
      </Modal>
      <Modal opened={dialog === 'rename'} onClose={() => setDialog('none')} title={`Rename ${slug}`}>
        <Suspense fallback={<Loading />}>
          <RenameForm connection={connection} environment={environment} done={() => setDialog('none')} />
        </Suspense>
      </Modal>
    </>
  );
}

/** Protects, or takes protection away: with what that loosens, or tightens, before it is done. */
function useProtect({ connection, provider, environment }: Omit<MenuProps, 'fallsTo' | 'failed'>) {
  const { slug, protected: isProtected, kind, stands_for } = environment;
  const from = { connection, slug, kind };
  const to = { ...from, kind: kindAfter(environment, provider) };
  return useChange('environments.patch', {
    title: isProtected ? `Take protection away from ${slug}` : `Protect ${slug}`,
    danger: isProtected,
    what: (
      <>
        <p className={classes.first}>
          {isProtected ? 'This loosens what guards ' : 'This tightens what guards '}
          <Inert text={stands_for.join(', ')} />, for every client that is granted it.
          {isProtected ? ' Only an owner may, and every other owner is told.' : ''}
        </p>
        <GuardChanges from={from} to={to} />
      </>
    ),
  });
}

/** The kind of an environment once its protection is turned round. */
function kindAfter(environment: Environment, provider: Provider): EnvironmentKind {
  if (!environment.protected) return 'protected';
  return isEphemeral(environment, provider) ? 'ephemeral' : 'other';
}

/** Whether it stands for ephemeral ones: its selector's fields say so. */
function isEphemeral({ selector }: Environment, { selector_fields }: Provider): boolean {
  const fields = Object.keys(selector ?? {});
  return selector_fields.some(({ name, ephemeral }) => ephemeral && fields.includes(name));
}
