import type { OutputOf } from '@writ/api';
import { Inert } from './inert.tsx';
import classes from './last-calls.module.css';
import rows from './rows.module.css';
import { EffectTag, Label } from './tags.tsx';
import { Time } from './time.tsx';

interface LastCallsProps {
  readonly calls: OutputOf<'tasks.get'>['last_calls'];
  /** What is said where there are none. */
  readonly none: string;
}

/** A task's last calls, the newest first. */
export function LastCalls({ calls, none }: LastCallsProps) {
  if (calls.length === 0) return <p className={classes.none}>{none}</p>;
  return (
    <ol className={rows.rows}>
      {calls.map(({ at, request_id, operations, result }) => (
        <li key={request_id}>
          <span className={classes.when}>
            <Time at={at} />
          </span>
          <span className={classes.what}>
            {operations.map(({ name, effect, environments }, index) => (
              <span key={index}>
                <EffectTag effect={effect} /> <code>{<Inert text={name} />}</code>{' '}
                <span className={classes.where}>{<Inert text={environments.join(', ')} />}</span>
              </span>
            ))}
          </span>
          <Label>{result}</Label>
        </li>
      ))}
    </ol>
  );
}
