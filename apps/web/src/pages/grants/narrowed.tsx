import { ActionIcon, Button, Checkbox, MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { Comparison } from '@writ/core';
import { useState } from 'react';
import { Answer } from '../../parts/grant/answer.tsx';
import {
  COMPARISON_WORDS,
  comparisonsFor,
  conditionFrom,
  type Input,
  inputOf,
  type Need,
  narrowable,
  needsOf,
  shownFor,
  typedOf,
  typedProblem,
  waiverOf,
  withTyped,
} from '../../parts/grant/conditions.ts';
import { type Condition, onArgument, withCondition } from '../../parts/grant/draft.ts';
import { type ConnectionFacts, type PartPreview, problemAt } from '../../parts/grant/facts.ts';
import type { Operation } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import classes from './editor.module.css';
import { Resources } from './resources.tsx';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly facts: ConnectionFacts;
  readonly problems: PartPreview['problems'];
  readonly waived: readonly string[];
  readonly waive: (waiver: string) => void;
}

/** Which arguments and which resources alone. */
export function Narrowed({ editor, facts, problems, waived, waive }: Props) {
  const { part } = editor;
  const operations = facts.operations ?? [];
  const needs = needsOf(part, facts);
  return (
    <Section
      title="Only for"
      about="A call passes where its arguments meet every condition, and all that it acts on is named. Without any, all do."
    >
      {needs.map((need) => (
        <Question
          key={`${editor.at} ${need.operation} ${need.path}`}
          {...{ need, editor, operations, problems, waived, waive }}
        />
      ))}
      {part.conditions
        .filter((one) => !needs.some(onArgument(one)))
        .map((one) => (
          <ConditionRow key={`${one.operation} ${one.path}`} {...{ one, editor, operations, problems }} />
        ))}
      {problemAt(
        problems.filter(({ field }) => field === 'arguments'),
        'arguments',
      ) === undefined ? null : (
        <p className={classes.problem}>{problemAt(problems, 'arguments')}</p>
      )}
      <AddCondition editor={editor} operations={operations} />
      {part.connection === '' ? null : <Resources editor={editor} problem={problemAt(problems, 'resources')} />}
    </Section>
  );
}

interface QuestionProps extends Omit<Props, 'facts'> {
  readonly need: Need;
  readonly operations: readonly Operation[];
}

/** What a preset asks for: an answer, or the open word that any value will do. */
function Question({ need, editor, operations, problems, waived, waive }: QuestionProps) {
  const { part, changePart } = editor;
  const known = part.conditions.find(onArgument(need));
  const waiver = waiverOf(part, need);
  const isWaived = waived.includes(waiver);
  if (known !== undefined && typedOf(known.condition).comparison !== need.comparison)
    return <ConditionRow one={known} {...{ editor, operations, problems }} />;
  return (
    <div className={classes.question} data-open={(known === undefined && !isWaived) || undefined}>
      <Answer {...{ need, part, changePart, operations, problems, isWaived }} />
      <Checkbox
        label="Any value will do"
        checked={isWaived}
        onChange={() => {
          waive(waiver);
          changePart((before) => withCondition(before, need, undefined));
        }}
      />
    </div>
  );
}

interface RowProps {
  readonly one: Condition;
  readonly editor: DraftEditor;
  readonly operations: readonly Operation[];
  readonly problems: PartPreview['problems'];
}

function ConditionRow({ one, editor, operations, problems }: RowProps) {
  const { operation, path, condition } = one;
  const input = inputOf(operations, one);
  const { comparison } = typedOf(condition);
  const problem =
    typedProblem(one, operations) ??
    problemAt(problems, `arguments.${operation}.${path}`) ??
    problemAt(problems, `arguments.${operation}`);
  return (
    <div className={classes.item}>
      <div className={classes.condition}>
        <span className={classes.named}>
          <code>
            <Inert text={operation} />
          </code>{' '}
          <code>
            <Inert text={path} />
          </code>{' '}
          {COMPARISON_WORDS[comparison]}
        </span>
        <Value
          label={`${path} ${COMPARISON_WORDS[comparison]}`}
          {...{ input, comparison, problem }}
          typed={shownFor(one)}
          set={(next) => editor.changePart((before) => withTyped(before, one, [next].flat(), operations))}
        />
      </div>
      <ActionIcon
        variant="subtle"
        color="quiet"
        aria-label={`Take the condition on ${path} of ${operation} out`}
        onClick={() => editor.changePart((before) => withCondition(before, one, undefined))}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}

interface ValueProps {
  readonly label: string;
  readonly input: Input | undefined;
  readonly comparison: Comparison;
  readonly typed: readonly string[];
  readonly problem: string | undefined;
  readonly set: (typed: string | string[]) => void;
}

/** The field for a value: by what the argument takes. */
function Value({ label, input, comparison, typed, problem, set }: ValueProps) {
  const [first = ''] = typed;
  const values = input?.values ?? (input?.type === 'boolean' ? ['true', 'false'] : undefined);
  const shared = { 'aria-label': label, error: problem };
  if (comparison === 'one_of' && values !== undefined)
    return <MultiSelect {...shared} data={values} value={[...typed]} onChange={set} searchable />;
  if (comparison === 'one_of')
    return (
      <TagsInput {...shared} value={[...typed]} onChange={set} placeholder="Enter after each" splitChars={[',']} />
    );
  if (values !== undefined && comparison === 'equals')
    return (
      <Select {...shared} data={values} value={first} onChange={(value) => set(value ?? '')} allowDeselect={false} />
    );
  if (input?.type === 'number' || comparison === 'at_least' || comparison === 'at_most')
    return <NumberInput {...shared} value={first} onChange={(value) => set(String(value))} />;
  return <TextInput {...shared} value={first} onChange={(event) => set(event.currentTarget.value)} />;
}

/** Makes a condition: which operation, which argument, how it is compared, with what. */
function AddCondition({
  editor,
  operations,
}: {
  readonly editor: DraftEditor;
  readonly operations: readonly Operation[];
}) {
  const [chosen, setChosen] = useState<{ operation?: string; path?: string; comparison?: Comparison; typed: string[] }>(
    {
      typed: [],
    },
  );
  const covered = narrowable(editor.part, operations);
  if (covered.length === 0) return null;
  const operation = covered.find(({ name }) => name === chosen.operation);
  const used = editor.part.conditions.filter((each) => each.operation === operation?.name).map(({ path }) => path);
  const inputs = operation?.inputs.filter(({ path }) => !used.includes(path)) ?? [];
  const input = inputs.find(({ path }) => path === chosen.path);
  const comparisons = comparisonsFor(input);
  const comparison = chosen.comparison ?? comparisons[0] ?? 'equals';
  const condition = input && conditionFrom(comparison, chosen.typed, input.type);
  const add = (): void => {
    if (operation === undefined || input === undefined || condition === undefined) return;
    editor.changePart((before) => withCondition(before, { operation: operation.name, path: input.path }, condition));
    setChosen({ operation: operation.name, typed: [] });
  };
  return (
    <details className={classes.help}>
      <summary>Narrow an argument</summary>
      <div className={classes.adder}>
        <Select
          label="Operation"
          searchable
          limit={100}
          data={covered.map(({ name }) => name)}
          value={operation?.name ?? null}
          onChange={(name) => setChosen({ ...(name !== null && { operation: name }), typed: [] })}
        />
        <Select
          label="Argument"
          searchable
          disabled={operation === undefined}
          data={inputs.map(({ path, required }) => ({
            value: path,
            label: required ? path : `${path} (may be left out)`,
          }))}
          value={input?.path ?? null}
          onChange={(path) => setChosen({ ...chosen, ...(path !== null && { path }), typed: [] })}
        />
        <Select
          label="Comparison"
          disabled={input === undefined}
          allowDeselect={false}
          data={comparisons.map((each) => ({ value: each, label: COMPARISON_WORDS[each] }))}
          value={comparison}
          onChange={(next) => setChosen({ ...chosen, comparison: next as Comparison, typed: [] })}
        />
        <div>
          <span className={classes.label}>Value</span>
          <Value
            label="Value"
            {...{ input, comparison, typed: chosen.typed, problem: undefined }}
            set={(typed) => setChosen({ ...chosen, typed: [typed].flat() })}
          />
        </div>
        <Button variant="default" disabled={condition === undefined} onClick={add}>
          Add the condition
        </Button>
      </div>
      {input?.required === false ? (
        <p className={classes.soft}>A call that leaves it out does not meet the condition, and is refused.</p>
      ) : null}
    </details>
  );
}
