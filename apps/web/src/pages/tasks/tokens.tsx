import { Button } from '@mantine/core';
import { compactScope, type Detail } from '@writ/core';
import { useMay } from '../../api/me.ts';
import { useApiList, useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { List } from '../../parts/list.tsx';
import { Section } from '../../parts/page.tsx';
import { narrowingOf } from '../../parts/scope-words.ts';
import { TokenLabel } from '../../parts/state-labels.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './tasks.module.css';

/** The tokens that were issued for a task. */
export function Tokens({ id }: { readonly id: string }) {
  const list = useApiList('tokens.list', { task_id: id });
  const hasLive = list.items?.some(({ status }) => status === 'live') ?? false;
  return (
    <Section title="Tokens" actions={hasLive ? <Revoke id={id} /> : null}>
      <List
        label="Tokens of this task"
        list={list}
        keyOf={({ jti }) => jti}
        empty={<p className={classes.small}>None was issued.</p>}
        columns={[
          { name: 'Token', width: '30%', cell: ({ jti }) => <Id id={jti} what="the token's id" /> },
          { name: 'State', width: '90px', cell: ({ status }) => <TokenLabel status={status} /> },
          {
            name: 'Good for',
            cell: ({ authorization_details: details }) => (
              <code className={classes.code}>
                <Inert text={scopeText(details)} />
              </code>
            ),
          },
          { name: 'Issued', width: '120px', cell: ({ issued_at }) => <Time at={issued_at} /> },
          { name: 'Expires', width: '120px', cell: ({ expires_at }) => <Time at={expires_at} /> },
        ]}
      />
    </Section>
  );
}

/** How many of its pieces, and of what narrows them, a row shows. */
const MOST = 3;

function scopeText(details: readonly Detail[] | null): string {
  if (details === null) return 'what the token itself says';
  const pieces = details.flatMap((detail) => compactScope(detail));
  const more = pieces.length > MOST ? ` and ${pieces.length - MOST} more` : '';
  const narrowed = details.flatMap(narrowingOf);
  return [
    `${pieces.slice(0, MOST).join(', ')}${more}`,
    ...narrowed.slice(0, MOST),
    ...(narrowed.length > MOST ? [`and ${narrowed.length - MOST} more conditions`] : []),
  ].join(', ');
}

function Revoke({ id }: { readonly id: string }) {
  const may = useMay('approver');
  const revoke = useChange('tokens.revoke', { title: 'Revoke the tokens of this task' });
  if (!may) return null;
  return (
    <Confirm
      title="Revoke the tokens of this task"
      run={() => revoke.mutateAsync({ task_id: id })}
      button={(open) => (
        <Button variant="default" size="xs" onClick={open}>
          Revoke the tokens of this task
        </Button>
      )}
    >
      They stop at once. The client can ask for new ones for the same task; end the task to stop it for good.
    </Confirm>
  );
}
