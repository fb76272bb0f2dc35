import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { callOnce, outage } from '../api/client.ts';
import { useGate } from '../api/gate.ts';
import classes from './outage.module.css';

/** How often a broker that does not answer is asked whether it is back, in milliseconds. */
const PAUSE = 2_000;

/** Says that the broker does not answer, asks until it does, and then reads everything again. */
export function Outage() {
  const isOut = useGate(outage);
  const client = useQueryClient();
  useEffect(() => {
    if (!isOut) return;
    const timer = setInterval(() => {
      void callOnce('system.healthz', {}).then(
        () => client.invalidateQueries(),
        () => undefined,
      );
    }, PAUSE);
    return () => clearInterval(timer);
  }, [isOut, client]);
  return isOut ? (
    <div className={classes.outage} role="alert">
      Writ does not answer. What you see may be old; this page goes on by itself as soon as it is back.
    </div>
  ) : null;
}
