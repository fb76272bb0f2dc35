import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { EFFECTS } from '@writ/core';
import { type FormEvent, useState } from 'react';
import { withOperations, withoutOperations } from '../../parts/grant/draft.ts';
import { type PartPreview, problemAt } from '../../parts/grant/facts.ts';
import { meaningOf, type Operation } from '../../parts/grant/words.ts';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly operations: readonly Operation[] | undefined;
  readonly problems: PartPreview['problems'];
}

/** What was chosen: each selector with what it means. */
export function Chosen({ editor, operations = [], problems }: Props) {
  const { part, changePart } = editor;
  const all = part.operations.length === 0 ? problemAt(problems, 'operations') : undefined;
  return (
    <div className={classes.rows}>
      <h3 className={classes.heading}>Chosen</h3>
      {part.operations.length === 0 ? (
        <p className={classes.soft}>{all ?? 'Nothing yet: tick above, or write a selector below.'}</p>
      ) : (
        <ul className={classes.list}>
          {part.operations.map((selector, index) => {
            const meaning = meaningOf(selector, operations);
            const problem = problemAt(problems, `operations.${index}`);
            const effects = EFFECTS.filter((effect) => meaning.covered.some((one) => one.effect === effect));
            return (
              <li key={selector} className={classes.item}>
                <div>
                  <span className={classes.named}>
                    <code>{selector}</code>
                    {effects.map((effect) => (
                      <EffectTag key={effect} effect={effect} />
                    ))}
                  </span>
                  {problem === undefined ? (
                    <p className={classes.soft}>{operations.length === 0 ? '' : meaning.sentence}</p>
                  ) : (
                    <p className={classes.problem} role="alert">
                      {problem}
                    </p>
                  )}
                </div>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Take ${selector} out`}
                  onClick={() => changePart((before) => withoutOperations(before, [selector]))}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </li>
            );
          })}
        </ul>
      )}
      <AddSelector
        add={(selector) => changePart((before) => withOperations(before, [selector]))}
        operations={operations}
      />
    </div>
  );
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
        Add
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
