import { Button, Group, Radio, Stack, TextInput } from '@mantine/core';
import type { RequestOf } from '@writ/api';
import type { ClientKind } from '@writ/core';
import { type FormEvent, useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { fieldErrors, problemsOf } from '../../parts/problems.ts';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Failure, Ready } from '../../parts/states.tsx';
import classes from './clients.module.css';
import { makeKeyPair } from './key-pair.ts';
import { audienceOf, type CiSystem, draftFor, policyOf } from './policy.ts';
import { PolicyForm } from './policy-form.tsx';
import { TestUnsaved } from './trust-test.tsx';

/** What is shown once of a client that was just made; no text for one that has nothing to keep. */
interface Made {
  readonly client_id: string;
  readonly what: string;
  readonly text: string | undefined;
  readonly file: string;
}

/** Makes a client: who it is, and how it proves that. */
export function NewClientPage() {
  const systems = useApi('clients.ci_systems', { limit: 1000 });
  const [made, setMade] = useState<Made>();
  return (
    <Page
      title="New client"
      about="Whoever asks for tokens. It gets none until a grant names it."
      above={<TextLink to="/clients">Clients</TextLink>}
    >
      {made ? (
        <JustMade made={made} />
      ) : (
        <Ready query={systems}>{({ items }) => <NewClient systems={items} made={setMade} />}</Ready>
      )}
    </Page>
  );
}

function JustMade({ made: { client_id, what, text, file } }: { readonly made: Made }) {
  const next = (
    <>
      <ButtonLink to="/grants/new" search={{ client: client_id }}>
        Make its first grant
      </ButtonLink>
      <ButtonLink to="/clients/$id" params={{ id: client_id }} variant="default">
        Open its page
      </ButtonLink>
    </>
  );
  if (text === undefined)
    return (
      <Section title={`${client_id} is made`} about="It proves itself by its CI identity: there is nothing to store.">
        <Group gap="sm">{next}</Group>
      </Section>
    );
  return (
    <ShownOnce what={what} text={text} file={file} action={next}>
      {what}. It is shown this once: put it where the client alone can read it, in no repository.
    </ShownOnce>
  );
}

const KINDS: readonly { readonly kind: ClientKind; readonly label: string; readonly about: string }[] = [
  { kind: 'agent', label: 'Agent', about: 'A coding agent, or another program that decides by itself what to call.' },
  { kind: 'ci', label: 'CI', about: 'Jobs of a CI system. It may deploy; it never reveals, destroys or gives access.' },
  { kind: 'automation', label: 'Automation', about: "An admin's script. It can also use the API of Writ." },
];

type Proof = 'client_secret_basic' | 'private_key_jwt' | 'federated';

const PROOFS: readonly { readonly proof: Proof; readonly label: string; readonly about: string }[] = [
  {
    proof: 'federated',
    label: 'Its CI identity',
    about: 'No secret at all: the job shows who its CI system says it is.',
  },
  { proof: 'private_key_jwt', label: 'A key pair', about: 'Made in this browser; the private key is never sent.' },
  {
    proof: 'client_secret_basic',
    label: 'A secret',
    about: 'The simplest. Writ shows it once and keeps only its hash.',
  },
];

/** Tells whether the form shows what is wrong with a field of the body beside it. */
function hasField(field: string): boolean {
  return /^(name|client_id|auth\.(issuer|audience|claims(\..+)?))$/.test(field);
}

function NewClient({ systems, made }: { readonly systems: readonly CiSystem[]; readonly made: (made: Made) => void }) {
  const [first] = systems;
  const [kind, setKind] = useState<ClientKind>('agent');
  const [proof, setProof] = useState<Proof>('client_secret_basic');
  const [name, setName] = useState('');
  const [client_id, setId] = useState('');
  const [draft, setDraft] = useState(() => first && draftFor(first, ''));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const create = useChange('clients.create', { title: 'Make the client' });
  const chooseKind = (value: string): void => {
    setKind(value as ClientKind);
    setProof(value === 'ci' ? 'federated' : 'client_secret_basic');
  };
  const nameIt = (id: string): void => {
    setId(id);
    if (draft && draft.audience === audienceOf(client_id)) setDraft({ ...draft, audience: audienceOf(id) });
  };
  const send = async (): Promise<void> => {
    const pair = proof === 'private_key_jwt' ? await makeKeyPair() : undefined;
    const body: RequestOf<'clients.create'> = { client_id, kind, name, auth: authOf() };
    const found = problemsOf('clients.create', body);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    const { client_secret } = await create.mutateAsync(body);
    create.reset();
    made({
      client_id,
      what: pair ? `The private key of ${client_id}` : `The secret of ${client_id}`,
      text: pair?.secret ?? client_secret,
      file: pair ? `${client_id}.jwk` : `${client_id}.secret`,
    });
    function authOf(): RequestOf<'clients.create'>['auth'] {
      if (pair) return { method: 'private_key_jwt', jwks: { keys: [pair.jwk] } };
      return proof === 'federated' && draft ? policyOf(draft) : { method: 'client_secret_basic' };
    }
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await send();
    } catch (error) {
      const found = fieldErrors(error);
      setErrors(found ?? {});
      if (found === undefined || !Object.keys(found).every(hasField)) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const proofs = PROOFS.filter((each) => each.proof !== 'federated' || kind === 'ci');
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <Section title="Who it is">
          <Stack gap="md" className={classes.form ?? ''}>
            <Radio.Group label="Kind" value={kind} onChange={chooseKind}>
              <div className={classes.choices}>
                {KINDS.map(({ kind: value, label, about }) => (
                  <Radio key={value} value={value} label={label} description={about} />
                ))}
              </div>
            </Radio.Group>
            <TextInput
              label="Name"
              description="For people."
              required
              value={name}
              error={errors['name']}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="Client id"
              description="By which it names itself. It cannot be changed, nor used again."
              required
              value={client_id}
              error={errors['client_id']}
              onChange={(event) => nameIt(event.currentTarget.value)}
            />
          </Stack>
        </Section>
        <Section title="How it proves that">
          <Stack gap="md" className={classes.form ?? ''}>
            <Radio.Group label="Proof" value={proof} onChange={(value) => setProof(value as Proof)}>
              <div className={classes.choices}>
                {proofs.map(({ proof: value, label, about }) => (
                  <Radio key={value} value={value} label={label} description={about} />
                ))}
              </div>
            </Radio.Group>
            {proof === 'federated' && draft ? (
              <>
                <PolicyForm
                  systems={systems}
                  draft={draft}
                  change={(changed) => {
                    setDraft(changed);
                    setErrors({});
                  }}
                  client_id={client_id}
                  errors={errors}
                />
                <TestUnsaved draft={draft} />
              </>
            ) : null}
          </Stack>
        </Section>
        {problem ? <Failure error={problem} /> : null}
        <Group>
          <Button type="submit" loading={busy}>
            Make the client
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
