import { Button, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import { FirstLine } from './first-line.tsx';
import type { AnswerProps } from './words.ts';

/** A no, with the reason that the client reads as its next step. It also takes back a yes that was not used yet. */
export function DenyForm({ approval, dead, done }: AnswerProps) {
  const { id, version } = approval;
  const [reason, setReason] = useState('');
  const deny = useChange('approvals.deny', {
    title: 'Deny it',
    what: 'Nothing is sent. The same is not asked again for 10 minutes.',
  });
  const send = (): void => {
    const said = reason.trim();
    deny.mutate({ id, seen: version, ...(said !== '' && { reason: said }) }, { onSuccess: done });
  };
  return (
    <Stack gap="md">
      <p className={classes.recap}>
        <FirstLine {...approval} />
      </p>
      <Textarea
        label="Reason"
        description="The client reads it as its next step: say what to do instead."
        placeholder="That volume is production. Use staging-data."
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Failure error={deny.error} />
      <Button size="md" disabled={dead} loading={deny.isPending} onClick={send}>
        Deny it
      </Button>
    </Stack>
  );
}
