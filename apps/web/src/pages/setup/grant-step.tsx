import { Button, Checkbox, Group, Radio, Stack, TextInput } from '@mantine/core';
import type { OutputOf, RequestOf } from '@writ/api';
import { type FormEvent, useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { Failure, Ready } from '../../parts/states.tsx';
import { EnvironmentTag } from '../../parts/tags.tsx';
import { FirstPreview } from './first-preview.tsx';
import classes from './wizard.module.css';

type Preset = OutputOf<'connections.presets'>['items'][number];
type Environment = OutputOf<'environments.list'>['items'][number];

interface GrantStepProps {
  readonly client: OutputOf<'clients.get'>;
  readonly connection: OutputOf<'connections.get'>;
  readonly environments: Environment[];
}

/** The first grant: one of the provider's presets, in the environments that are ticked. */
export function GrantStep(props: GrantStepProps) {
  const presets = useApi('connections.presets', { connection: props.connection.slug, limit: 1000 });
  return <Ready query={presets}>{({ items }) => <GrantForm {...props} presets={items} />}</Ready>;
}

function GrantForm({ client, connection, environments, presets }: GrantStepProps & { presets: readonly Preset[] }) {
  const [chosen, setChosen] = useState(presets[0]?.id ?? '');
  const [ticked, setTicked] = useState<readonly string[]>(() => atFirst(environments, presets[0]));
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
  const create = useChange('grants.create', { title: 'Make the grant' });
  const preset = presets.find(({ id }) => id === chosen);
  const choose = (id: string): void => {
    setChosen(id);
    setTicked(
      atFirst(
        environments,
        presets.find((each) => each.id === id),
      ),
    );
    setAnswers({});
  };
  const isAnswered = preset?.needs.every((need) => (answers[keyOf(need)] ?? '').trim() !== '') ?? false;
  const body = preset && {
    client_id: client.client_id,
    connection: connection.slug,
    environments: [...ticked],
    operations: preset.operations,
    name: preset.title,
    ...conditions(preset, answers),
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (body) create.mutate(body);
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <p>
          A grant says what {client.name} may ask for. It begins with nothing; each of these reads or changes things,
          and none of them deletes, shows secrets or gives access.
        </p>
        <Radio.Group label="What may it do?" value={chosen} onChange={choose}>
          <div className={classes.choice}>
            {presets.map(({ id, title, description }) => (
              <Radio key={id} value={id} label={title} description={description} />
            ))}
          </div>
        </Radio.Group>
        {preset?.needs.map((need) => (
          <TextInput
            key={keyOf(need)}
            label={need.question}
            placeholder={need.example}
            required
            value={answers[keyOf(need)] ?? ''}
            onChange={(event) => setAnswers({ ...answers, [keyOf(need)]: event.currentTarget.value })}
          />
        ))}
        <Checkbox.Group label="Where?" value={[...ticked]} onChange={setTicked}>
          <div className={classes.environments}>
            {environments.map(({ slug, protected: isProtected }) => (
              <Checkbox
                key={slug}
                value={slug}
                label={<EnvironmentTag slug={slug} isProtected={isProtected} />}
                description={slug === 'shared' ? 'what lies in no environment' : undefined}
              />
            ))}
          </div>
        </Checkbox.Group>
        {body && ticked.length > 0 && isAnswered ? (
          <FirstPreview grant={body} who={client.name} environments={environments} />
        ) : null}
        {create.error ? <Failure error={create.error} /> : null}
        <Group>
          <Button type="submit" loading={create.isPending} disabled={ticked.length === 0 || !isAnswered}>
            Make the grant
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type Need = Preset['needs'][number];

const keyOf = ({ operation, path }: Need): string => `${operation} ${path}`;

/** What is not protected, and what lies outside any environment where the preset is for that too. */
function atFirst(environments: readonly Environment[], preset: Preset | undefined): readonly string[] {
  const isWanted = ({ slug, protected: isProtected }: Environment): boolean =>
    slug === 'shared' ? (preset?.shared ?? false) : !isProtected;
  return environments.filter(isWanted).map(({ slug }) => slug);
}

function conditions(
  { needs }: Preset,
  answers: Readonly<Record<string, string>>,
): Pick<RequestOf<'grants.create'>, 'arguments'> {
  if (needs.length === 0) return {};
  const byOperation: Record<string, Record<string, object>> = {};
  for (const need of needs) {
    const answer = (answers[keyOf(need)] ?? '').trim();
    const operand = need.comparison === 'at_most' ? Number(answer) : answer;
    byOperation[need.operation] = { ...byOperation[need.operation], [need.path]: { [need.comparison]: operand } };
  }
  return { arguments: byOperation as NonNullable<RequestOf<'grants.create'>['arguments']> };
}
