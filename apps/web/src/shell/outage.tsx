import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { callOnce, outage } from '../api/client.ts';
import { useGate } from '../api/gate.ts';
import { outdated } from '../api/load.ts';
import classes from './outage.module.css';

/** How often a broker that does not answer is asked whether it is back, in milliseconds. */
const PAUSE = 2_000;

/** Says that the broker does not answer, asks until it does, and then reads everything again; and that a part of the page is gone. */
export function Outage() {
  const isOut = useGate(outage);
  const isOutdated = useGate(outdated);
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
  if (isOut)
    return (
      <div className={classes.outage} role="alert">
        Writ does not answer. What you see may be old; this page goes on by itself as soon as it is back.
      </div>
    );
  return isOutdated ? (
    <div className={classes.outage} role="alert">
      A part of this page is not there any more: Writ has been updated since you opened it.
      <Button variant="default" size="xs" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </div>
  ) : null;
}
