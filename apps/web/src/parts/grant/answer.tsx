import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { COMPARISON_WORDS, conditionFrom, inputOf, type Need, noValue, shownFor } from './conditions.ts';
import { onArgument, type Part, withCondition } from './draft.ts';
import { type PartPreview, problemAt } from './facts.ts';
import type { Operation } from './words.ts';

interface AnswerProps {
  readonly need: Need;
  readonly part: Part;
  readonly operations: readonly Operation[];
  readonly problems: PartPreview['problems'];
  readonly changePart: (change: (part: Part) => Part) => void;
  /** True where nobody answers it, on purpose. */
  readonly isWaived?: boolean;
}

/** The field for what a preset asks: its answer is a condition of the part. */
export function Answer({ need, part, operations, problems, changePart, isWaived = false }: AnswerProps) {
  const { operation, path, comparison, question, example } = need;
  const [typed, setTyped] = useState('');
  const known = part.conditions.find(onArgument(need));
  const type = inputOf(operations, need)?.type ?? 'text';
  // What is no answer (yet) is kept here: of a condition there is nothing before it has a value.
  const unread = isWaived || conditionFrom(comparison, typed, type) !== undefined ? '' : typed;
  return (
    <TextInput
      label={question}
      description={`${operation}: ${path} ${COMPARISON_WORDS[comparison]} ...`}
      placeholder={example}
      disabled={isWaived}
      value={known === undefined ? unread : (shownFor(known)[0] ?? '')}
      error={
        known === undefined && unread !== ''
          ? noValue(comparison, type)
          : problemAt(problems, `arguments.${operation}.${path}`)
      }
      onChange={(event) => {
        const { value } = event.currentTarget;
        setTyped(value);
        changePart((before) => withCondition(before, need, conditionFrom(comparison, value, type), [value]));
      }}
    />
  );
}
