import { Button, Group, Stack } from '@mantine/core';
import type { FederatedAuth } from '@writ/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { useApiForm } from '../../parts/form.ts';
import { Inert } from '../../parts/inert.tsx';
import { ChangedMeanwhile } from '../../parts/meanwhile.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import type { Errors } from '../../parts/problems.ts';
import { Failure, Ready } from '../../parts/states.tsx';
import classes from './clients.module.css';
import { type CiSystem, draftOf, type PolicyDraft, policyOf } from './policy.ts';
import { PolicyForm } from './policy-form.tsx';
import { TestSaved } from './trust-test.tsx';
import type { Client } from './words.tsx';

interface PolicyProps {
  readonly client: Client;
  readonly auth: FederatedAuth;
}

/** Which jobs are this client, whether a token of one of them would be taken, and the way to change it. */
export function Policy({ client, auth }: PolicyProps) {
  const systems = useApi('clients.ci_systems', { limit: 1000 });
  const may = useMay('admin');
  const [changing, setChanging] = useState(false);
  const title = systems.data?.items.find((system) => system.id === auth.ci)?.title ?? auth.ci;
  if (changing)
    return (
      <Section title="Change the trust policy" about="It counts from the next token on; tokens that are out stay good.">
        <Ready query={systems}>
          {({ items }) => <ChangePolicy client={client} auth={auth} systems={items} done={() => setChanging(false)} />}
        </Ready>
      </Section>
    );
  return (
    <Section
      title="Trust policy"
      about="A job whose token fits all of this is this client."
      actions={
        may ? (
          <Button variant="default" onClick={() => setChanging(true)}>
            Change the trust policy
          </Button>
        ) : null
      }
    >
      <Facts
        facts={[
          ['CI system', title],
          ['Issuer', <Id key="issuer" id={auth.issuer} what="the issuer" />],
          ['Audience', <Id key="audience" id={auth.audience} what="the audience" />],
          ...Object.entries(auth.claims).map(
            ([name, wanted]) => [name, <Inert key={name} text={[wanted].flat().join(' or ')} />] as const,
          ),
        ]}
      />
      {may ? <TestSaved id={client.client_id} auth={auth} /> : null}
    </Section>
  );
}

interface ChangeProps extends PolicyProps {
  readonly systems: readonly CiSystem[];
  readonly done: () => void;
}

function ChangePolicy({ client, auth, systems, done }: ChangeProps) {
  // What stood when the form was opened: a change by somebody else meanwhile is told, not undone in silence.
  const [opened, setOpened] = useState({ auth, version: client.version });
  const patch = useChange('clients.patch', { title: 'Change the trust policy' });
  const { form, submit, problem } = useApiForm({
    id: 'clients.patch',
    initialValues: { auth: draftOf(opened.auth) },
    toBody: ({ auth: draft }) => ({
      id: client.client_id,
      auth: { ...policyOf(draft), ...boundOf(opened.auth) },
      if_version: opened.version,
    }),
  });
  const isStale = client.version !== opened.version && !patch.isPending && patch.data === undefined;
  const send = submit(async (body) => {
    await patch.mutateAsync(body);
    done();
  });
  const draw = (draft: PolicyDraft): void => {
    form.setFieldValue('auth', draft);
    form.clearErrors();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md" className={classes.form ?? ''}>
        <PolicyForm
          systems={systems}
          draft={form.values.auth}
          change={draw}
          client_id={client.client_id}
          errors={form.errors as Errors}
        />
        {isStale ? (
          <ChangedMeanwhile
            readAgain={() => {
              setOpened({ auth, version: client.version });
              draw(draftOf(auth));
            }}
          />
        ) : problem === undefined ? null : (
          <Failure error={problem} />
        )}
        <Group gap="sm">
          <Button type="submit" loading={form.submitting} disabled={isStale}>
            Change the trust policy
          </Button>
          <Button variant="default" onClick={done}>
            Go back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the trust policy is sent with, and is no part of it. */
function boundOf({ dpop_bound_access_tokens: bound }: FederatedAuth): Pick<FederatedAuth, 'dpop_bound_access_tokens'> {
  return bound === undefined ? {} : { dpop_bound_access_tokens: bound };
}
