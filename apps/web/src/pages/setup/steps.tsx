import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './wizard.module.css';

/** The steps, in their order. */
export function Steps({ children }: { readonly children: ReactNode }) {
  return <ol className={classes.steps}>{children}</ol>;
}

interface StepProps {
  readonly name: string;
  readonly state: 'done' | 'current' | 'later';
  /** What came of it, once it is done. */
  readonly about: ReactNode;
  readonly children: ReactNode;
}

/** One step: done with what came of it, the one that is open, or one that comes later. */
export function Step({ name, state, about, children }: StepProps) {
  return (
    <li className={classes.step} data-state={state} aria-current={state === 'current' ? 'step' : undefined}>
      <span className={classes.sign} aria-hidden>
        {state === 'done' ? <IconCheck size={14} /> : null}
      </span>
      <div className={classes.words}>
        <h2>
          {name}
          {state === 'done' ? <span className={classes.unseen}>, done</span> : null}
        </h2>
        {state === 'done' && about ? <p className={classes.about}>{about}</p> : null}
        {children ? <div className={classes.body}>{children}</div> : null}
      </div>
    </li>
  );
}
