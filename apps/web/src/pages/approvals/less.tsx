import { Button, Checkbox, Stack, TextInput } from '@mantine/core';
import { compactScope, DETAIL_TYPE, type Detail, parseCompact } from '@writ/core';
import { useState } from 'react';
import { type Approval, unique } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { Scopes } from '../../parts/scope.tsx';
import { narrowingOf } from '../../parts/scope-words.ts';
import classes from './approvals.module.css';
import { lengthOf } from './words.ts';

interface LessProps {
  readonly token: NonNullable<Approval['token']>;
  /** What is given where that is less than what was asked; undefined for all of it. */
  readonly given: readonly Detail[] | undefined;
  readonly give: (given: Detail[] | undefined) => void;
}

/**
 * What a token is given: all that was asked, told whole, or less of it: pieces, ticked one by one, or a narrower one. A call must be covered by
 * what was asked and by what is given, so that conditions and resources that were asked with stay as they are.
 */
export function Less({ token, given, give }: LessProps) {
  const [narrower, setNarrower] = useState('');
  const asked = unique(
    token.authorization_details.flatMap((detail) =>
      compactScope(detail).map((piece) => `${detail.connection}/${piece}`),
    ),
  );
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const set = (pieces: readonly string[], own: string): void => {
    setTicked(pieces);
    setNarrower(own);
    give([...pieces, ...(own.trim() === '' ? [] : [own.trim()])].flatMap(detailOf));
  };
  if (given === undefined)
    return (
      <Stack gap="xs">
        <Scopes details={token.authorization_details} />
        <p className={classes.small}>For {lengthOf(token.expires_in)}, from when the client comes for it.</p>
        <div>
          <Button variant="default" size="xs" onClick={() => give([])}>
            Give less of it
          </Button>
        </div>
      </Stack>
    );
  const narrowed = unique(token.authorization_details.flatMap(narrowingOf));
  const isWrong = narrower.trim() !== '' && parseCompact(narrower.trim()) === undefined;
  return (
    <Stack gap="xs">
      <fieldset className={classes.pieces}>
        <legend>Give only</legend>
        {asked.map((piece) => (
          <Checkbox
            key={piece}
            label={<code>{<Inert text={piece} />}</code>}
            checked={ticked.includes(piece)}
            onChange={(event) =>
              set(event.currentTarget.checked ? [...ticked, piece] : ticked.filter((each) => each !== piece), narrower)
            }
          />
        ))}
      </fieldset>
      <TextInput
        label="Or something narrower"
        description="connection/environment/operations"
        value={narrower}
        error={isWrong ? 'Must be connection/environment/operations.' : undefined}
        classNames={{ input: classes.mono ?? '' }}
        onChange={(event) => set(ticked, event.currentTarget.value)}
      />
      {narrowed.length === 0 ? null : (
        <div>
          <p className={classes.small}>As it was asked, each piece stays:</p>
          <ul className={classes.plainList}>
            {narrowed.map((line) => (
              <li key={line}>
                <code>
                  <Inert text={line} />
                </code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div>
        <Button variant="default" size="xs" onClick={() => give(undefined)}>
          Give all of it after all
        </Button>
      </div>
    </Stack>
  );
}

function detailOf(piece: string): Detail[] {
  const compact = parseCompact(piece);
  if (compact === undefined) return [];
  const { connection, environment, operation } = compact;
  return [{ type: DETAIL_TYPE, connection, environments: [environment], operations: [operation] }];
}
