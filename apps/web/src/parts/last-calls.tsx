import type { OutputOf } from '@writ/api';
import { Id } from './copy.tsx';
import { Inert } from './inert.tsx';
import classes from './last-calls.module.css';
import { MendLink } from './mend-link.tsx';
import { lackOf } from './refusal-words.ts';
import rows from './rows.module.css';
import { RuleLink } from './rule-link.tsx';
import { ruleText } from './rule-words.ts';
import { EffectTag, Label } from './tags.tsx';
import { Time } from './time.tsx';

type Call = OutputOf<'tasks.get'>['last_calls'][number];

interface LastCallsProps {
  readonly calls: readonly Call[];
  /** What is said where there are none. */
  readonly none: string;
}

/** A task's last calls, the newest first; of one that was refused or had to wait, by which rule, and the way to it. */
export function LastCalls({ calls, none }: LastCallsProps) {
  if (calls.length === 0) return <p className={classes.none}>{none}</p>;
  return (
    <ol className={rows.rows}>
      {calls.map((call) => (
        <li key={call.request_id}>
          <span className={classes.when}>
            <Time at={call.at} />
          </span>
          <span className={classes.what}>
            {call.operations.map(({ name, effect, environments }, index) => (
              <span key={index}>
                <EffectTag effect={effect} /> <code>{<Inert text={name} />}</code>{' '}
                <span className={classes.where}>{<Inert text={environments.join(', ')} />}</span>
              </span>
            ))}
            <Why call={call} />
            <Id id={call.request_id} what="the request's id" />
          </span>
          <Label>{call.result}</Label>
        </li>
      ))}
    </ol>
  );
}

function Why({ call: { why = [], connection, request_id } }: { readonly call: Call }) {
  return why.map(({ rule, guardrail }, index) => (
    <span key={index} className={classes.where}>
      {rule !== 'guardrail' ? (
        <Inert text={lackOf(rule) ?? rule} />
      ) : (
        <>guardrail: {guardrail === undefined ? 'one with long conditions' : <Inert text={ruleText(guardrail)} />}</>
      )}{' '}
      {guardrail !== undefined && connection !== undefined ? (
        <RuleLink connection={connection} rule={guardrail}>
          See the guardrail
        </RuleLink>
      ) : null}
      {lackOf(rule) === undefined ? null : <MendLink request_id={request_id} />}
    </span>
  ));
}
