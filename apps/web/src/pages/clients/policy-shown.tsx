import { Button, Group, Stack } from '@mantine/core';
import type { FederatedAuth } from '@writ/core';
import { type FormEvent, useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { fieldErrors } from '../../parts/problems.ts';
import { Failure, Ready } from '../../parts/states.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './clients.module.css';
import { type CiSystem, draftOf, policyOf } from './policy.ts';
import { PolicyForm } from './policy-form.tsx';
import { TestSaved } from './trust-test.tsx';

interface PolicyProps {
  readonly id: string;
  readonly auth: FederatedAuth;
}

/** Which jobs are this client, whether a token of one of them would be taken, and the way to change it. */
export function Policy({ id, auth }: PolicyProps) {
  const systems = useApi('clients.ci_systems', { limit: 1000 });
  const may = useMay('admin');
  const [changing, setChanging] = useState(false);
  const title = systems.data?.items.find((system) => system.id === auth.ci)?.title ?? auth.ci;
  if (changing)
    return (
      <Section title="Change the trust policy" about="It counts from the next token on; tokens that are out stay good.">
        <Ready query={systems}>
          {({ items }) => <ChangePolicy id={id} auth={auth} systems={items} done={() => setChanging(false)} />}
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
      {may ? <TestSaved id={id} auth={auth} /> : null}
    </Section>
  );
}

interface ChangeProps extends PolicyProps {
  readonly systems: readonly CiSystem[];
  readonly done: () => void;
}

function ChangePolicy({ id, auth, systems, done }: ChangeProps) {
  const [draft, setDraft] = useState(() => draftOf(auth));
  const patch = useChange('clients.patch', { title: 'Change the trust policy' });
  const bound = auth.dpop_bound_access_tokens;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const policy = { ...policyOf(draft), ...(bound !== undefined && { dpop_bound_access_tokens: bound }) };
    patch.mutate({ id, auth: policy }, { onSuccess: done });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" className={classes.form ?? ''}>
        <PolicyForm
          systems={systems}
          draft={draft}
          change={setDraft}
          client_id={id}
          errors={(patch.error && fieldErrors(patch.error)) ?? {}}
        />
        {patch.error ? <Failure error={patch.error} /> : null}
        <Group gap="sm">
          <Button type="submit" loading={patch.isPending}>
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
