import { Anchor, PasswordInput, Radio, Stack } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { narrowestFirst, type Provider } from './providers.ts';
import classes from './root-credential.module.css';

interface InputProps {
  readonly value?: string;
  readonly error?: ReactNode;
  readonly onChange?: (value: never) => void;
}

interface RootCredentialProps {
  readonly provider: Provider;
  /** The kind that is chosen. */
  readonly kind: string;
  readonly setKind: (kind: string) => void;
  /** The field of the root credential itself, of the form that sends it: it is kept nowhere else. */
  readonly value: InputProps;
}

/** Asks for a root credential: which kind, narrowest first, how to make exactly that one, and the root credential itself. */
export function RootCredentialFields({ provider, kind, setKind, value }: RootCredentialProps) {
  const kinds = narrowestFirst(provider);
  const chosen = kinds.find((each) => each.kind === kind) ?? kinds[0];
  if (chosen === undefined) return null;
  return (
    <Stack gap="md">
      <Radio.Group
        label="Kind of root credential"
        description="The narrowest first. What it is good for at the provider is the most that can ever go wrong with it."
        value={chosen.kind}
        onChange={setKind}
      >
        <div className={classes.kinds}>
          {kinds.map((each, index) => (
            <Radio
              key={each.kind}
              mt={index === 0 ? 'xs' : 0}
              value={each.kind}
              label={each.title}
              description={`Good for ${each.good_for}.${index === 0 && kinds.length > 1 ? ' The narrowest.' : ''}`}
            />
          ))}
        </div>
      </Radio.Group>
      <div>
        <Stack gap={6}>
          <span className={classes.soft}>
            How to make it, at{' '}
            <Anchor href={chosen.url} target="_blank" rel="noreferrer" underline="always" inherit>
              {new URL(chosen.url).host} <IconExternalLink size={12} aria-hidden />
            </Anchor>
          </span>
          <ol className={classes.steps} aria-label={`How to make this root credential of ${provider.title}`}>
            {chosen.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </Stack>
      </div>
      <PasswordInput
        label="Root credential"
        description={`It is sealed to ${chosen.sealed_to}. It is never shown again: not here, and not to any agent.`}
        maw={640}
        autoComplete="off"
        required
        {...value}
      />
    </Stack>
  );
}
