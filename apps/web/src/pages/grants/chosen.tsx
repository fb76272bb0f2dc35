import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { counted, EFFECTS, inert } from '@writ/core';
import { type FormEvent, useState } from 'react';
import { withOperations, withoutOperations } from '../../parts/grant/draft.ts';
import { type ConnectionFacts, type PartPreview, problemAt } from '../../parts/grant/facts.ts';
import { meaningOf, type Operation } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly facts: ConnectionFacts;
  readonly problems: PartPreview['problems'];
}

/** What was chosen: each selector with what it means; those of a preset in one fold. */
export function Chosen({ editor, facts, problems }: Props) {
  const { part, changePart } = editor;
  const { operations = [], presets } = facts;
  const folds = presets.filter(
    (preset) => preset.operations.length > 1 && preset.operations.every((each) => part.operations.includes(each)),
  );
  // What is wrong with a selector is seen at once: it stands outside of every fold.
  const isFolded = (selector: string, index: number): boolean =>
    problemAt(problems, `operations.${index}`) === undefined &&
    folds.some((preset) => preset.operations.includes(selector));
  const loose = part.operations.filter((selector, index) => !isFolded(selector, index));
  const rows = (selectors: readonly string[]) => (
    <ul className={classes.list}>
      {selectors.map((selector) => (
        <Row
          key={selector}
          {...{ selector, operations }}
          problem={problemAt(problems, `operations.${part.operations.indexOf(selector)}`)}
          takeOut={() => changePart((before) => withoutOperations(before, [selector]))}
        />
      ))}
    </ul>
  );
  return (
    <div className={classes.rows}>
      <h3 className={classes.heading}>Chosen</h3>
      {part.operations.length === 0 ? (
        <p className={classes.soft}>
          {problemAt(problems, 'operations') ?? 'Nothing yet: tick above, or write a selector below.'}
        </p>
      ) : null}
      {folds.map((preset) => (
        <details key={preset.id} className={classes.fold}>
          <summary>
            <strong>{preset.title}</strong>
            <span className={classes.counts}>
              {counted(preset.operations.length, 'selector', 'selectors')}
              <Effects selectors={preset.operations} operations={operations} />
            </span>
          </summary>
          {rows(preset.operations.filter((each) => !loose.includes(each)))}
        </details>
      ))}
      {loose.length > 0 ? rows(loose) : null}
      <AddSelector
        add={(selector) => changePart((before) => withOperations(before, [selector]))}
        operations={operations}
      />
    </div>
  );
}

interface RowProps {
  readonly selector: string;
  readonly operations: readonly Operation[];
  readonly problem: string | undefined;
  readonly takeOut: () => void;
}

function Row({ selector, operations, problem, takeOut }: RowProps) {
  return (
    <li className={classes.item}>
      <div>
        <span className={classes.named}>
          <code>
            <Inert text={selector} />
          </code>
          <Effects selectors={[selector]} operations={operations} />
        </span>
        {problem === undefined ? (
          <p className={classes.soft}>{operations.length === 0 ? '' : meaningOf(selector, operations).sentence}</p>
        ) : (
          <p className={classes.problem} role="alert">
            {problem}
          </p>
        )}
      </div>
      <ActionIcon variant="subtle" color="quiet" aria-label={`Take ${inert(selector)} out`} onClick={takeOut}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </li>
  );
}

/** The effects of what selectors cover. */
function Effects({ selectors, operations }: { selectors: readonly string[]; operations: readonly Operation[] }) {
  const covered = selectors.flatMap((selector) => meaningOf(selector, operations).covered);
  return EFFECTS.filter((effect) => covered.some((one) => one.effect === effect)).map((effect) => (
    <EffectTag key={effect} effect={effect} />
  ));
}

/** For who knows what they want; says what it would mean while it is typed. */
function AddSelector({
  add,
  operations,
}: {
  readonly add: (selector: string) => void;
  readonly operations: readonly Operation[];
}) {
  const [text, setText] = useState('');
  const wanted = text.trim();
  const isSelector = /^[\x21-\x7e]{1,200}$/.test(wanted);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isSelector) return;
    add(wanted);
    setText('');
  };
  return (
    <form onSubmit={submit} className={classes.adding}>
      <TextInput
        label="Write a selector"
        description={
          isSelector
            ? meaningOf(wanted, operations).sentence
            : 'A name, a pattern such as domain*, or an effect such as *:read.'
        }
        value={text}
        error={wanted !== '' && !isSelector ? 'Must be printable ASCII without spaces.' : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!isSelector}>
        Add the selector
      </Button>
    </form>
  );
}

/** How selectors work, where they are written. */
export function SelectorHelp() {
  return (
    <details className={classes.help}>
      <summary>How to read a selector</summary>
      <dl>
        <dt>
          <code>domainCreate</code>
        </dt>
        <dd>That operation, at its usual effect. Where its arguments make it worse, it is refused.</dd>
        <dt>
          <code>domainUpdate:destroy</code>
        </dt>
        <dd>That operation where its arguments make it destroy. It must be written so: nothing else covers it.</dd>
        <dt>
          <code>domain*</code>
        </dt>
        <dd>
          Everything whose name begins so and that reads or writes. A pattern never covers what reveals, executes,
          destroys or escalates.
        </dd>
        <dt>
          <code>*:read</code>
        </dt>
        <dd>
          Everything that reads. <code>domain*:destroy</code> is everything named so that destroys: seldom what is
          meant.
        </dd>
      </dl>
      <div className={classes.legend}>
        {EFFECTS.map((effect) => (
          <EffectTag key={effect} effect={effect} />
        ))}
      </div>
    </details>
  );
}
