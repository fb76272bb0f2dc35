import { useReducer } from 'react';
import { brokerNow } from '../../api/clock.ts';
import type { Draft, Part } from '../../parts/grant/draft.ts';
import { type LineProblem, readDraft, writeDraft } from './written.ts';

interface State {
  readonly draft: Draft;
  readonly text: string;
  readonly problems: readonly LineProblem[];
  /** The part that the form shows. */
  readonly at: number;
}

type Action =
  | { readonly kind: 'typed'; readonly text: string; readonly now: number }
  | { readonly kind: 'changed'; readonly change: (draft: Draft) => Draft }
  | { readonly kind: 'shown'; readonly at: number };

/** One value with two editors: what the form changes is written as text at once, what is typed and can be read is in the form at once. */
export interface DraftEditor extends State {
  readonly part: Part;
  /** True while the text has a line that cannot be read: the form shows what could be read last, and waits. */
  readonly isWaiting: boolean;
  type(text: string): void;
  change(change: (draft: Draft) => Draft): void;
  changePart(change: (part: Part) => Part): void;
  show(at: number): void;
}

/** Holds a draft that is edited as form and as text. */
export function useDraft(initial: Draft): DraftEditor {
  const [state, dispatch] = useReducer(next, initial, (draft) => stateOf(draft, 0));
  const { draft, at, problems } = state;
  const part = draft.parts[at] ?? draft.parts[0];
  if (part === undefined) throw new Error('a draft has at least one part');
  const change = (to: (draft: Draft) => Draft): void => dispatch({ kind: 'changed', change: to });
  return {
    ...state,
    part,
    isWaiting: problems.length > 0,
    type: (text) => dispatch({ kind: 'typed', text, now: brokerNow() }),
    change,
    changePart: (to) =>
      change((before) => ({ ...before, parts: before.parts.map((each, index) => (index === at ? to(each) : each)) })),
    show: (index) => dispatch({ kind: 'shown', at: index }),
  };
}

function stateOf(draft: Draft, at: number): State {
  return { draft, text: writeDraft(draft), problems: [], at: Math.min(at, draft.parts.length - 1) };
}

function next(state: State, action: Action): State {
  if (action.kind === 'shown') return { ...state, at: action.at };
  if (action.kind === 'changed') return stateOf(action.change(state.draft), state.at);
  const read = readDraft(action.text, { before: state.draft, now: action.now });
  if (!('parts' in read)) return { ...state, text: action.text, problems: read };
  return { draft: read, text: action.text, problems: [], at: Math.min(state.at, read.parts.length - 1) };
}
