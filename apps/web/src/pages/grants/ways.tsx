import { Checkbox, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { hasDetail, withDetail, withOperations, withoutDetail, withoutOperations } from '../../parts/grant/draft.ts';
import type { ConnectionFacts } from '../../parts/grant/facts.ts';
import { isHarmful } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { GuardrailsLink } from '../../parts/rule-link.tsx';
import { outcomeDetail } from '../../parts/rule-words.ts';
import { Ready, Working } from '../../parts/states.tsx';
import { EffectTag, EnvironmentTag, Label, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './editor.module.css';
import { Search } from './search.tsx';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly facts: ConnectionFacts;
}

/** The three ways to choose operations. */
export function Ways({ editor, facts }: Props) {
  const [way, setWay] = useState<string | null>('presets');
  const { client_id } = editor.draft;
  return (
    <Tabs value={way} onChange={setWay} keepMounted={false}>
      <Tabs.List aria-label="Ways to choose operations" className={classes.tabs}>
        <Tabs.Tab value="presets">Presets</Tabs.Tab>
        <Tabs.Tab value="tried">From what it tried</Tabs.Tab>
        <Tabs.Tab value="search">Search operations</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="presets" pt="sm">
        <Presets editor={editor} facts={facts} />
      </Tabs.Panel>
      <Tabs.Panel value="tried" pt="sm">
        {client_id === '' ? (
          <p className={classes.soft}>Choose a client first: this lists what it was refused.</p>
        ) : (
          <Tried editor={editor} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="search" pt="sm">
        <Search editor={editor} operations={facts.operations} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Presets({ editor: { part, changePart }, facts }: Props) {
  if (!facts.isRead) return <Working what="Reading what people often grant ..." />;
  if (facts.presets.length === 0)
    return <p className={classes.soft}>This provider proposes nothing: search for operations instead.</p>;
  return (
    <div className={classes.choices}>
      {facts.presets.map(({ id, title, description, operations, needs }) => {
        const isChosen = operations.every((operation) => part.operations.includes(operation));
        const others = facts.presets.filter(
          (other) => other.id !== id && other.operations.every((each) => part.operations.includes(each)),
        );
        const own = operations.filter((operation) => !others.some((other) => other.operations.includes(operation)));
        return (
          <Checkbox
            key={id}
            label={title}
            description={
              <>
                {description}
                {needs.length > 0 ? ' Asks you which.' : ''}
              </>
            }
            checked={isChosen}
            onChange={() =>
              changePart((before) => (isChosen ? withoutOperations(before, own) : withOperations(before, operations)))
            }
          />
        );
      })}
    </div>
  );
}

/** What the client was refused of late: each is ticked by a person, none beforehand. */
function Tried({ editor }: Pick<Props, 'editor'>) {
  const { draft, change } = editor;
  const refusals = useApi('clients.refusals', { id: draft.client_id, limit: 200 });
  return (
    <Ready query={refusals}>
      {({ items, next_cursor }) =>
        items.length === 0 ? (
          <p className={classes.soft}>
            In the last 24 hours it was refused nothing that a grant would mend. What it tries comes here by itself.
          </p>
        ) : (
          <>
            <p className={classes.soft}>
              What it was refused in the last 24 hours and a grant would mend, as narrow as it was asked for. Tick what
              it really needs.
            </p>
            <div className={classes.groups}>
              {items.map((item) => {
                const { operation, environment, effect, count, variants, last_at, connection, detail, guarded } = item;
                const isTicked = hasDetail(draft, detail);
                return (
                  <Checkbox
                    key={[connection, environment, operation, effect].join(' ')}
                    className={classes.tried}
                    data-harmful={(effect !== null && isHarmful(effect)) || undefined}
                    checked={isTicked}
                    onChange={() => change((before) => (isTicked ? withoutDetail : withDetail)(before, detail))}
                    label={
                      <span className={classes.named}>
                        <code>
                          <Inert text={operation} />
                        </code>
                        {effect === null ? null : <EffectTag effect={effect} />}
                        {environment === null ? (
                          <Label>you say where</Label>
                        ) : (
                          <EnvironmentTag slug={environment} isProtected={item.protected} />
                        )}
                        {guarded === null ? null : (
                          <OutcomeTag outcome={outcomeOf(guarded)} detail={outcomeDetail(guarded)} />
                        )}
                      </span>
                    }
                    description={
                      <>
                        {connection}, {count === 1 ? 'once' : `${count} times`}, <Time at={last_at} />
                        {variants > 1 ? `; ${variants} different ones, of which this is the last` : ''}
                        {guarded?.outcome === 'deny' ? (
                          <>
                            . A guardrail refuses it, whatever is granted:{' '}
                            <GuardrailsLink connection={connection}>see the guardrails</GuardrailsLink>
                          </>
                        ) : null}
                      </>
                    }
                  />
                );
              })}
            </div>
            {next_cursor === null ? null : <p className={classes.soft}>There are more: these are the newest 200.</p>}
          </>
        )
      }
    </Ready>
  );
}
