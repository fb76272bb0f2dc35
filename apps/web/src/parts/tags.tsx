import {
  IconArrowUpRight,
  IconBan,
  IconBolt,
  IconCheck,
  IconClockPause,
  IconEye,
  IconFlame,
  IconKey,
  IconPencil,
  IconShieldLock,
  IconShieldQuestion,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import classes from './tags.module.css';

type Icon = ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: boolean }>;

const EFFECTS: Readonly<Record<string, { readonly Icon: Icon; readonly meaning: string }>> = {
  read: { Icon: IconEye, meaning: 'Returns what is not secret; changes nothing.' },
  write: { Icon: IconPencil, meaning: 'Adds something, or changes named settings of one thing.' },
  reveal: { Icon: IconKey, meaning: 'Returns or copies secret values.' },
  execute: { Icon: IconBolt, meaning: 'Decides what code runs, or runs it.' },
  destroy: { Icon: IconFlame, meaning: 'Cannot be taken back.' },
  escalate: { Icon: IconArrowUpRight, meaning: 'Makes access, or changes who may do what.' },
};

/** An effect: the same colour, picture and word on every page. */
export function EffectTag({ effect }: { readonly effect: string }) {
  const { Icon, meaning } = EFFECTS[effect] ?? {
    Icon: IconShieldLock,
    meaning: 'An effect that this page does not know.',
  };
  return (
    <span className={classes.tag} data-effect={effect} title={meaning}>
      <Icon size={13} aria-hidden />
      {effect}
    </span>
  );
}

/** What becomes of a call. `asks`: a human is asked first. `waits`: it is done after its window, unless somebody cancels it. */
export type Outcome = 'allowed' | 'asks' | 'waits' | 'refused';

const OUTCOMES: Readonly<Record<Outcome, { readonly Icon: Icon; readonly meaning: string }>> = {
  allowed: { Icon: IconCheck, meaning: 'Goes through.' },
  asks: { Icon: IconUserQuestion, meaning: 'Waits for a person to say yes.' },
  waits: { Icon: IconClockPause, meaning: 'Is done after a while in which it can be cancelled.' },
  refused: { Icon: IconBan, meaning: 'Is refused.' },
};

/** What a call's outcome is, by guardrails: a word and a picture, never a colour alone. */
export function OutcomeTag({ outcome, detail }: { readonly outcome: Outcome; readonly detail?: string | undefined }) {
  const { Icon, meaning } = OUTCOMES[outcome];
  return (
    <span className={classes.tag} data-outcome={outcome} title={meaning}>
      <Icon size={13} aria-hidden />
      {outcome}
      {detail === undefined ? null : <span className={classes.detail}>{detail}</span>}
    </span>
  );
}

/** The outcome of one operation in one environment, by what its guardrails say. */
export const OUTCOME_OF = { allow: 'allowed', approve: 'asks', hold: 'waits', deny: 'refused' } as const;

/** The outcome of one pair as `grants/preview` and others tell it. */
export function outcomeOf(pair: {
  readonly outcome: string;
  readonly approve: boolean;
  readonly hold_minutes: number;
}): Outcome {
  if (pair.outcome === 'deny') return 'refused';
  if (pair.approve) return 'asks';
  return pair.hold_minutes > 0 ? 'waits' : 'allowed';
}

interface EnvironmentTagProps {
  readonly slug: string;
  /** Undefined where it is not known: it is not shown as one that nothing guards. */
  readonly isProtected: boolean | undefined;
}

/** An environment's name, marked where it is protected: what is done there reaches real users. */
export function EnvironmentTag({ slug, isProtected }: EnvironmentTagProps) {
  return (
    <span className={classes.environment} data-protected={isProtected || undefined}>
      {isProtected === undefined ? <IconShieldQuestion size={13} aria-label="protected or not: not known" /> : null}
      {isProtected ? <IconShieldLock size={13} aria-label="protected" /> : null}
      {slug}
    </span>
  );
}

/** How a word looks: what it means for who reads it. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** A plain word about a thing: its kind, its state. */
export function Label({ children, tone = 'plain' }: { readonly children: string; readonly tone?: Tone }) {
  return (
    <span className={classes.label} data-tone={tone}>
      {children}
    </span>
  );
}
