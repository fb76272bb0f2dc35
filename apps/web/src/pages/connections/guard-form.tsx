import { Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type Guardrail, guardPair, parseSelector } from '@writ/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { NotProven } from '../../api/proof.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Notice } from '../../parts/notice.tsx';
import { outcomeSentence } from '../../parts/rule-words.ts';
import { Failure } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './connections.module.css';
import type { Environment } from './environment-form.tsx';
import { isLooser } from './guard-words.tsx';

const OUTCOMES = [
  ['allow', 'Goes through at once', 'Nobody is asked, and nothing waits.'],
  ['approve', 'Asks a person', 'Each single request waits for a yes.'],
  ['hold', 'Waits', 'It is done after a while in which anybody may cancel it.'],
  ['both', 'Asks a person, then waits', 'After the yes it can still be cancelled for a while.'],
  ['deny', 'Is refused', 'Whatever anybody is granted.'],
] as const;
type Choice = (typeof OUTCOMES)[number][0];

interface GuardFormProps {
  readonly connection: string;
  readonly environment: Environment;
  readonly rules: {
    readonly shipped: readonly Guardrail[];
    readonly items: readonly Guardrail[];
    readonly version: string;
  };
  readonly done: () => void;
}

/** Decides what becomes of one operation in one environment: in words, before it does. */
export function GuardForm({ connection, environment, rules, done }: GuardFormProps) {
  const [operation, setOperation] = useState<string | null>(null);
  const [choice, setChoice] = useState<Choice>('approve');
  const [quorum, setQuorum] = useState(1);
  const [minutes, setMinutes] = useState(60);
  const place = { connection, environments: environment.slug };
  const made = operation === null ? [] : rulesOf({ ...place, operations: operation }, { choice, quorum, minutes });
  const items = [...rules.items.filter((rule) => !isReplaced(rule, { ...place, operations: operation })), ...made];
  return (
    <Modal opened onClose={done} title={`One operation in ${environment.slug}`} size="lg">
      <Stack gap="md">
        <OperationSelect connection={connection} value={operation} choose={setOperation} />
        <Radio.Group label="From then on it" value={choice} onChange={(value) => setChoice(value as Choice)}>
          <div className={classes.choices}>
            {OUTCOMES.map(([value, label, description]) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </div>
        </Radio.Group>
        {choice === 'approve' || choice === 'both' ? (
          <Count label="How many people must say yes" most={5} value={quorum} set={setQuorum} />
        ) : null}
        {choice === 'hold' || choice === 'both' ? (
          <Count label="How many minutes it waits" most={10_080} value={minutes} set={setMinutes} />
        ) : null}
        <Decision {...{ environment, rules, operation, items, connection, done }} />
      </Stack>
    </Modal>
  );
}

interface CountProps {
  readonly label: string;
  readonly most: number;
  readonly value: number;
  readonly set: (value: number) => void;
}

/** Asks for a whole number from 1 to `most`. */
function Count({ label, most, value, set }: CountProps) {
  return (
    <TextInput
      type="number"
      label={label}
      min={1}
      max={most}
      maw={260}
      value={value}
      onChange={(event) => set(Math.min(most, Math.max(1, Math.trunc(Number(event.currentTarget.value)) || 1)))}
    />
  );
}

interface DecisionProps extends GuardFormProps {
  readonly operation: string | null;
  readonly items: Guardrail[];
}

/** What holds now, what would hold, and whether that loosens. */
function Decision({ connection, environment, rules, operation, items, done }: DecisionProps) {
  const isOwner = useMay('owner');
  const found = useOperation(connection, operation);
  const at = { slug: environment.slug, kind: environment.kind };
  const judged = (all: readonly Guardrail[]) =>
    found === undefined ? undefined : guardPair([...rules.shipped, ...all], connection, found, at);
  const [now, then] = [judged(rules.items), judged(items)];
  const loosens = now !== undefined && then !== undefined && isLooser(then, now);
  const words =
    now === undefined || then === undefined
      ? undefined
      : `Now it ${outcomeSentence(now)}. From then on it ${outcomeSentence(then)}, for every client that is granted it.`;
  const put = useChange('guardrails.put', {
    title: loosens ? `Loosen ${operation} in ${environment.slug}` : `Change ${operation} in ${environment.slug}`,
    danger: loosens,
    what: words,
  });
  return (
    <>
      {words === undefined ? null : (
        <Notice
          tone={loosens ? 'warn' : 'good'}
          title={`${loosens ? 'This loosens' : 'This does not loosen'} what guards ${environment.slug}`}
        >
          <p>{words}</p>
          {loosens ? (
            <p>
              {isOwner ? 'Every other owner is told of it.' : 'Only an owner loosens guardrails: ask one to do it.'}
            </p>
          ) : null}
        </Notice>
      )}
      {put.error && !(put.error instanceof NotProven) ? <Failure error={put.error} /> : null}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={done}>
          Go back
        </Button>
        <Button
          disabled={words === undefined || (loosens && !isOwner)}
          loading={put.isPending}
          onClick={() => put.mutate({ items, version: rules.version }, { onSuccess: done })}
        >
          {operation === null ? 'Change the operation' : `${loosens ? 'Loosen' : 'Change'} ${operation}`}
        </Button>
      </Group>
    </>
  );
}

/** The operation that a selector names, at the effect it names. */
function useOperation(connection: string, selector: string | null) {
  const { pattern, effect } = parseSelector(selector ?? ' ');
  const { data } = useApi('operations.list', { connection, q: pattern, limit: 1000 }, { enabled: selector !== null });
  const found = data?.items.find(({ name }) => name === pattern);
  if (found === undefined) return undefined;
  const base_effect = found.override?.effect ?? found.effect;
  return { name: found.name, base_effect, effect: effect ?? base_effect };
}

interface SelectProps {
  readonly connection: string;
  readonly value: string | null;
  readonly choose: (operation: string | null) => void;
}

/** Finds one operation by a part of its name; what arguments may raise is offered at that effect too. */
function OperationSelect({ connection, value, choose }: SelectProps) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.split(':')[0]?.trim() ?? '', 200);
  const found = useApi('operations.list', { connection, limit: 50, ...(q !== '' && { q }) }, { keepOld: true });
  const effects = new Map(
    (found.data?.items ?? []).flatMap(({ name, effect, override, raised_to }) => [
      [name, override?.effect ?? effect] as const,
      ...raised_to.map((raised) => [`${name}:${raised}`, raised] as const),
    ]),
  );
  if (value !== null && !effects.has(value)) effects.set(value, parseSelector(value).effect ?? 'read');
  return (
    <Select
      label="Operation"
      description="By the provider's own name. Type a part of it."
      data={[...effects.keys()]}
      value={value}
      onChange={choose}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="No operation of that name."
      maxDropdownHeight={260}
      data-autofocus
      renderOption={({ option }) => (
        <span className={classes.option}>
          {option.value} <EffectTag effect={effects.get(option.value) ?? 'read'} />
        </span>
      )}
    />
  );
}

type Precise = { readonly connection: string; readonly environments: string; readonly operations: string | null };

/** A rule without conditions on the same operation in the same environment: the new one takes its place. */
function isReplaced(rule: Guardrail, { connection, environments, operations }: Precise): boolean {
  return (
    rule.connection === connection &&
    rule.environments === environments &&
    rule.operations === operations &&
    rule.when === undefined
  );
}

/** The rules of a choice: to ask and to wait are two, which add up. */
function rulesOf(
  at: Pick<Guardrail, 'environments' | 'operations'> & { readonly connection: string },
  { choice, quorum, minutes }: { readonly choice: Choice; readonly quorum: number; readonly minutes: number },
): Guardrail[] {
  const ask: Guardrail = { ...at, outcome: 'approve', ...(quorum > 1 && { quorum }) };
  const wait: Guardrail = { ...at, outcome: 'hold', hold_minutes: minutes };
  if (choice === 'both') return [ask, wait];
  if (choice === 'approve') return [ask];
  return choice === 'hold' ? [wait] : [{ ...at, outcome: choice }];
}
