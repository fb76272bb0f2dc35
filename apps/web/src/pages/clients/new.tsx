import { Button, Group, Radio, Stack } from '@mantine/core';
import type { ClientKind } from '@writ/core';
import { type ReactNode, Suspense, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { ClientNames } from '../../parts/client-names.tsx';
import { useApiForm } from '../../parts/form.ts';
import { later } from '../../parts/later.ts';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { NotYours } from '../../parts/not-yours.tsx';
import { Page, Section } from '../../parts/page.tsx';
import type { Errors } from '../../parts/problems.ts';
import { Failure, Loading, Ready } from '../../parts/states.tsx';
import classes from './clients.module.css';
import { makeKeyPair } from './key-pair.ts';
import { audienceOf, type CiSystem, draftFor, type PolicyDraft, policyOf } from './policy.ts';
import { PROOFS, type Proof } from './words.tsx';

// For CI alone.
const PolicyForm = later(async () => (await import('./policy-form.tsx')).PolicyForm);
const TestUnsaved = later(async () => (await import('./trust-test.tsx')).TestUnsaved);
const ClientSecret = later(async () => (await import('../../parts/client-secret.tsx')).ClientSecret);

/** What is shown once of a client that was just made; no text for one that has nothing to keep. */
interface Made {
  readonly client_id: string;
  readonly isKey: boolean;
  readonly text: string | undefined;
}

/** Makes a client: who it is, and how it proves that. */
export function NewClientPage() {
  const may = useMay('admin');
  const systems = useApi('clients.ci_systems', { limit: 1000 }, { enabled: may });
  const [made, setMade] = useState<Made>();
  const title = 'New client';
  const above = <TextLink to="/clients">Clients</TextLink>;
  if (!may)
    return (
      <NotYours
        title={title}
        above={above}
        heading="An admin makes clients"
        action={<ButtonLink to="/clients">See the clients there are</ButtonLink>}
      >
        Your role may look at clients, and not make them.
      </NotYours>
    );
  return (
    <Page title={title} about="Whoever asks for tokens. It gets none until a grant names it." above={above}>
      {made ? (
        <Suspense>
          <JustMade made={made} />
        </Suspense>
      ) : (
        <Ready query={systems}>{({ items }) => <NewClient systems={items} made={setMade} />}</Ready>
      )}
    </Page>
  );
}

function JustMade({ made: { client_id, isKey, text } }: { readonly made: Made }) {
  const next = (
    <>
      <ButtonLink to="/grants/new" search={{ client: client_id }}>
        Make its first grant
      </ButtonLink>
      <ButtonLink to="/clients/$id" params={{ id: client_id }} variant="default">
        Open the page of {client_id}
      </ButtonLink>
    </>
  );
  if (text === undefined)
    return (
      <Section title={`${client_id} is made`} about="It proves itself by its CI identity: there is nothing to store.">
        <Group gap="sm">{next}</Group>
      </Section>
    );
  return <ClientSecret client_id={client_id} isKey={isKey} text={text} action={next} />;
}

/** One of a few, each with what it means. */
interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly about: string;
}

const KINDS: readonly Option<ClientKind>[] = [
  { value: 'agent', label: 'Agent', about: 'A coding agent, or another program that decides by itself what to call.' },
  {
    value: 'ci',
    label: 'CI',
    about: 'Jobs of a CI system. It may deploy; it never reveals, destroys or gives access.',
  },
  { value: 'automation', label: 'Automation', about: "An admin's script. It can also use the API of Writ." },
];

/** The most secure first. */
const OFFERED: readonly Option<Proof>[] = (['federated', 'private_key_jwt', 'client_secret_basic'] as const).map(
  (value) => {
    const { name, about } = PROOFS[value];
    return { value, label: `${name.charAt(0).toUpperCase()}${name.slice(1)}`, about };
  },
);

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly error: ReactNode;
  readonly choose: (value: T) => void;
}

function Choice<T extends string>({ label, options, value, error, choose }: ChoiceProps<T>) {
  return (
    <Radio.Group label={label} value={value} error={error} onChange={(chosen) => choose(chosen as T)}>
      <div className={classes.choices}>
        {options.map((option) => (
          <Radio key={option.value} value={option.value} label={option.label} description={option.about} />
        ))}
      </div>
    </Radio.Group>
  );
}

/** What is typed; `auth` is the trust policy, which counts only for a client that proves itself by its CI identity. */
interface Typed extends Record<string, unknown> {
  readonly kind: ClientKind;
  readonly proof: Proof;
  readonly name: string;
  readonly client_id: string;
  readonly auth: PolicyDraft | undefined;
}

function NewClient({ systems, made }: { readonly systems: readonly CiSystem[]; readonly made: (made: Made) => void }) {
  const [first] = systems;
  const create = useChange('clients.create', { title: 'Make the client' });
  const initialValues: Typed = {
    kind: 'agent',
    proof: 'client_secret_basic',
    name: '',
    client_id: '',
    auth: first && draftFor(first, ''),
  };
  const { form, submit, problem } = useApiForm({
    id: 'clients.create',
    initialValues,
    // A key is made when all else is right: until then its client is as one with a secret.
    toBody: ({ kind, proof, name, client_id, auth }) => ({
      ...{ client_id, kind, name },
      auth: proof === 'federated' && auth ? policyOf(auth) : { method: 'client_secret_basic' as const },
    }),
  });
  const { kind, proof, client_id, auth } = form.values;
  const send = submit(async (body) => {
    const pair = proof === 'private_key_jwt' ? await makeKeyPair() : undefined;
    const keyed = pair && { method: 'private_key_jwt' as const, jwks: { keys: [pair.jwk] } };
    const { client_secret } = await create.mutateAsync({ ...body, auth: keyed ?? body.auth });
    create.reset();
    made({ client_id, isKey: pair !== undefined, text: pair?.secret ?? client_secret });
  });
  const followId = (id: string): void => {
    if (auth?.audience === audienceOf(client_id)) form.setFieldValue('auth', { ...auth, audience: audienceOf(id) });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <Section title="Who it is">
          <Stack gap="md" className={classes.form ?? ''}>
            <Choice
              label="Kind"
              options={KINDS}
              value={kind}
              error={form.errors['kind']}
              choose={(value) =>
                form.setValues({ kind: value, proof: value === 'ci' ? 'federated' : 'client_secret_basic' })
              }
            />
            <ClientNames form={form} named={followId} />
          </Stack>
        </Section>
        <Section title="How it proves that">
          <Stack gap="md" className={classes.form ?? ''}>
            <Choice
              label="Proof"
              options={OFFERED.filter(({ value }) => value !== 'federated' || kind === 'ci')}
              value={proof}
              error={form.errors['auth']}
              choose={(value) => form.setFieldValue('proof', value)}
            />
            {proof === 'federated' && auth ? (
              <Suspense fallback={<Loading />}>
                <PolicyForm
                  systems={systems}
                  draft={auth}
                  change={(changed) => {
                    form.setFieldValue('auth', changed);
                    form.clearErrors();
                  }}
                  client_id={client_id}
                  errors={form.errors as Errors}
                />
                <TestUnsaved draft={auth} />
              </Suspense>
            ) : null}
          </Stack>
        </Section>
        {problem ? <Failure error={problem} /> : null}
        <Group>
          <Button type="submit" loading={form.submitting}>
            Make the client
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
