import { Button, Group, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useApiForm } from '../../parts/form.ts';
import { Inert } from '../../parts/inert.tsx';
import { ChangedMeanwhile } from '../../parts/meanwhile.tsx';
import { Failure } from '../../parts/states.tsx';
import { Label } from '../../parts/tags.tsx';
import classes from './clients.module.css';
import { changesOf, patchOf, type SettingChange, settingsOf } from './settings.ts';
import type { Client } from './words.tsx';

interface SettingsProps {
  readonly client: Client;
  readonly done: () => void;
}

/** Changes what a client is called and what its tokens are good for, and says first what that widens. */
export function SettingsForm({ client, done }: SettingsProps) {
  // What stood when the form was opened: a change by somebody else meanwhile is told, not undone in silence.
  const [opened, setOpened] = useState(client);
  const { form, submit, problem } = useApiForm({
    id: 'clients.patch',
    initialValues: settingsOf(opened),
    toBody: (values) => ({ ...patchOf(opened, values), if_version: opened.version }),
  });
  const changes = changesOf(opened, form.values);
  const title = `Change the settings of ${client.client_id}`;
  const patch = useChange('clients.patch', { title, what: <Changes changes={changes} /> });
  const isStale = client.version !== opened.version && !patch.isPending && patch.data === undefined;
  const send = submit(async (body) => {
    await patch.mutateAsync(body);
    done();
  });
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput label="Name" description="For people." required {...form.getInputProps('name')} />
        <Switch
          label="No token without a purpose"
          description="It must say in a sentence what each task is for."
          {...form.getInputProps('require_task', { type: 'checkbox' })}
        />
        <Switch
          label="Its tokens can be exchanged"
          description="Another client gets a narrower token in its place, to act for it."
          {...form.getInputProps('delegable', { type: 'checkbox' })}
        />
        <TagsInput
          label="Only by these clients"
          description="Their ids. None: by any client, where its tokens can be exchanged at all."
          maxTags={20}
          acceptValueOnBlur
          {...form.getInputProps('may_act')}
        />
        <Switch
          label="It may ask about tokens of other clients"
          description="For what checks tokens, such as a server of your own behind Writ."
          {...form.getInputProps('introspects', { type: 'checkbox' })}
        />
        <Switch
          label="Each token is bound to a key of its holder"
          description="A stolen token is then worth nothing without the key (DPoP). The client has to know how."
          {...form.getInputProps('dpop_bound', { type: 'checkbox' })}
        />
        <Select
          label="Its tokens are signed by"
          description="RS256 only for verifiers that know no other."
          data={['ES256', 'RS256']}
          allowDeselect={false}
          {...form.getInputProps('access_token_signing_alg')}
        />
        {changes.length === 0 ? null : (
          <section aria-label="What changes">
            <Changes changes={changes} />
          </section>
        )}
        {isStale ? (
          <ChangedMeanwhile
            readAgain={() => {
              setOpened(client);
              form.setValues(settingsOf(client));
            }}
          />
        ) : problem === undefined ? null : (
          <Failure error={problem} />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={done}>
            Go back
          </Button>
          <Button type="submit" loading={form.submitting} disabled={isStale || changes.length === 0}>
            Change the settings
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Each change in a sentence, what widens marked. */
function Changes({ changes }: { readonly changes: readonly SettingChange[] }) {
  return (
    <ul className={classes.changes}>
      {changes.map(({ text, widens }) => (
        <li key={text}>
          <Label tone={widens ? 'warn' : 'plain'}>{widens ? 'widens' : 'changes'}</Label> <Inert text={text} />
        </li>
      ))}
    </ul>
  );
}
