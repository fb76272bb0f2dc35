import { Button, Checkbox, Group, Radio, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { OutputOf } from '@writ/api';
import { SHARED } from '@writ/core';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Answer } from '../../parts/grant/answer.tsx';
import { needsOf, openNeeds } from '../../parts/grant/conditions.ts';
import { emptyDraft, emptyPart, grantsOf, type NewGrant, type Part } from '../../parts/grant/draft.ts';
import {
  type ConnectionFacts,
  isComplete,
  problemAt,
  useConnectionFacts,
  usePreviews,
} from '../../parts/grant/facts.ts';
import { PreviewTable } from '../../parts/grant/preview.tsx';
import { SHARED_MEANS } from '../../parts/rule-words.ts';
import { REST } from '../../parts/search.ts';
import { Failure, Loading } from '../../parts/states.tsx';
import { EnvironmentTag } from '../../parts/tags.tsx';
import classes from './wizard.module.css';

type Preset = ConnectionFacts['presets'][number];
type Environment = OutputOf<'environments.list'>['items'][number];

interface GrantStepProps {
  readonly client: OutputOf<'clients.get'>;
  readonly connection: OutputOf<'connections.get'>;
  readonly environments: Environment[];
}

/** The first grant: one of the provider's presets, in the environments that are ticked. */
export function GrantStep(props: GrantStepProps) {
  const facts = useConnectionFacts(props.connection.slug);
  if (facts.error) return <Failure error={facts.error} retry={facts.retry} />;
  return facts.isRead ? <GrantForm {...props} facts={facts} /> : <Loading />;
}

function GrantForm({ client, connection, environments, facts }: GrantStepProps & { readonly facts: ConnectionFacts }) {
  const { presets, operations = [] } = facts;
  const begun = (preset: Preset | undefined): Part => ({
    ...emptyPart(connection.slug),
    environments: atFirst(environments, preset),
    operations: preset?.operations ?? [],
  });
  const [chosen, setChosen] = useState(presets[0]?.id ?? '');
  const [part, setPart] = useState(() => begun(presets[0]));
  const [rested] = useDebouncedValue(part, REST);
  const create = useChange('grants.create', { title: 'Make the grant' });
  const preset = presets.find(({ id }) => id === chosen);
  const grantOf = (one: Part): NewGrant[] =>
    grantsOf({ ...emptyDraft(client.client_id), name: preset?.title ?? '', parts: [one] });
  const isReady = grantOf(part).every(isComplete) && openNeeds(part, facts).length === 0;
  const wanted = grantOf(rested);
  const [{ preview, problems, isFetching, error } = NOTHING] = usePreviews(wanted, !isReady);
  const choose = (id: string): void => {
    setChosen(id);
    setPart(begun(presets.find((each) => each.id === id)));
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    for (const grant of grantOf(part)) create.mutate(grant);
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <p>A grant says what {client.name} may ask for. It begins with nothing; what it lets happen is told below.</p>
        <Radio.Group label="What may it do?" value={chosen} onChange={choose}>
          <div className={classes.choice}>
            {presets.map(({ id, title, description }) => (
              <Radio key={id} value={id} label={title} description={description} />
            ))}
          </div>
        </Radio.Group>
        {needsOf(part, facts).map((need) => (
          <Answer
            key={`${chosen} ${need.operation} ${need.path}`}
            {...{ need, part, operations, problems }}
            changePart={setPart}
          />
        ))}
        <Checkbox.Group
          label="Where?"
          value={[...part.environments]}
          error={problemAt(problems, 'environments')}
          onChange={(slugs) => setPart((before) => ({ ...before, environments: slugs }))}
        >
          <div className={classes.environments}>
            {environments.map(({ slug, protected: isProtected }) => (
              <Checkbox
                key={slug}
                value={slug}
                label={<EnvironmentTag slug={slug} isProtected={isProtected} />}
                description={slug === SHARED ? SHARED_MEANS : undefined}
              />
            ))}
          </div>
        </Checkbox.Group>
        {isReady && wanted[0] ? (
          <section aria-label="What this lets happen">
            <PreviewTable
              grant={wanted[0]}
              missing={problems.length > 0 ? 'Something above is not right yet: see there.' : ''}
              {...{ preview, isFetching, error }}
            />
          </section>
        ) : null}
        <Failure error={create.error} />
        <Group>
          <Button type="submit" loading={create.isPending} disabled={!isReady || problems.length > 0}>
            Make the grant
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const NOTHING = { preview: undefined, problems: [], isFetching: false, error: null } as const;

/** What is not protected, and what lies outside any environment where the preset is for that too. */
function atFirst(environments: readonly Environment[], preset: Preset | undefined): readonly string[] {
  const isWanted = ({ slug, protected: isProtected }: Environment): boolean =>
    slug === SHARED ? (preset?.shared ?? false) : !isProtected;
  return environments.filter(isWanted).map(({ slug }) => slug);
}
