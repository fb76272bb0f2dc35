import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { type Effect, effectSchema } from '@writ/core';
import { type ReactNode, useState } from 'react';
import { NotProven } from '../../api/proof.ts';
import { fieldErrors } from '../../parts/problems.ts';
import { Failure } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './connections.module.css';

interface EffectFormProps {
  readonly opened: boolean;
  readonly title: string;
  readonly about: ReactNode;
  readonly button: string;
  /** Those that it may be given. */
  readonly effects: readonly Effect[];
  readonly change: { readonly error: unknown; readonly isPending: boolean };
  readonly send: (values: { readonly effect: Effect; readonly note: string }, done: () => void) => void;
  readonly close: () => void;
}

/** Asks which effect something has for this connection, and why. */
export function EffectForm({ opened, title, about, button, effects, change, send, close }: EffectFormProps) {
  const [effect, setEffect] = useState<Effect>(effects.at(-1) ?? 'escalate');
  const [note, setNote] = useState('');
  const errors = fieldErrors(change.error) ?? {};
  return (
    <Modal opened={opened} onClose={close} title={title}>
      <Stack gap="md">
        <div className={classes.soft}>{about}</div>
        <Radio.Group
          label="Effect"
          value={effect}
          error={errors['effect']}
          onChange={(value) => setEffect(effectSchema.parse(value))}
        >
          <div className={classes.choices}>
            {effects.map((each) => (
              <Radio key={each} value={each} label={<EffectTag effect={each} />} aria-label={each} />
            ))}
          </div>
        </Radio.Group>
        <TextInput
          label="Note"
          description="Why: whoever looks at it later reads it."
          value={note}
          maxLength={500}
          error={errors['note']}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {change.error && Object.keys(errors).length === 0 && !(change.error instanceof NotProven) ? (
          <Failure error={change.error} />
        ) : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            Go back
          </Button>
          <Button
            loading={change.isPending}
            disabled={note.trim() === ''}
            onClick={() => send({ effect, note: note.trim() }, close)}
          >
            {button}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
