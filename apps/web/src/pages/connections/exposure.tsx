import { Button, Group } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Section } from '../../parts/page.tsx';
import { Ready } from '../../parts/states.tsx';
import { EnvironmentTag, OUTCOME_OF, OutcomeTag } from '../../parts/tags.tsx';
import classes from './connections.module.css';
import { Matrix } from './matrix.tsx';

type Exposure = OutputOf<'exposure.get'>;
type Finding = Exposure['findings'][number];

/** How many lines stand here before somebody asks for all. */
const FEW = 8;

/** What all grants come to, and what to look at. */
export function ExposureOverview() {
  const exposure = useApi('exposure.get', { limit: 200 });
  return (
    <Ready query={exposure}>
      {(found) => (
        <>
          <Findings exposure={found} />
          <Reachable exposure={found} />
        </>
      )}
    </Ready>
  );
}

function Findings({ exposure: { findings, findings_left_out } }: { readonly exposure: Exposure }) {
  const [all, setAll] = useState(false);
  if (findings.length === 0) return null;
  const shown = all ? findings : findings.slice(0, FEW);
  return (
    <Section title="To look at" about="What is wider, older or idler than it need be, the most urgent first.">
      <div>
        {shown.map((finding) => (
          <div key={`${finding.kind} ${finding.sentence}`} className={classes.row}>
            <span>
              <Inert text={finding.sentence} />
            </span>
            <FindingLink finding={finding} />
          </div>
        ))}
      </div>
      {findings.length > shown.length ? (
        <Group>
          <Button variant="default" size="compact-sm" onClick={() => setAll(true)}>
            Show all {findings.length}
          </Button>
        </Group>
      ) : null}
      {all && findings_left_out > 0 ? <span className={classes.soft}>and {findings_left_out} more</span> : null}
    </Section>
  );
}

/** Where it is mended. */
function FindingLink({ finding: { connection, client_id, grant_id } }: { readonly finding: Finding }) {
  const page = (noun: string, id: string): string => `/${noun}/${encodeURIComponent(id)}`;
  if (grant_id !== undefined) return <TextLink to={page('grants', grant_id)}>Open the grant</TextLink>;
  if (client_id !== undefined) return <TextLink to={page('clients', client_id)}>Open the client</TextLink>;
  if (connection === undefined) return null;
  return (
    <TextLink to="/connections/$slug" params={{ slug: connection }}>
      Open the connection
    </TextLink>
  );
}

/** By environment and effect: how many clients can, and what becomes of it at the mildest. */
function Reachable({ exposure: { items } }: { readonly exposure: Exposure }) {
  const reached = items.filter(({ effects }) => effects.length > 0);
  if (reached.length === 0) return null;
  return (
    <Section
      title="What clients can do"
      about="How many clients can do anything of an effect, and what becomes of the mildest of it. Narrowing by resources and arguments is not counted."
    >
      <Matrix
        label="What clients can do, by environment and effect"
        rows={reached.slice(0, 100)}
        keyOf={({ connection, environment }) => `${connection}/${environment}`}
        environment={({ connection, environment, kind }) => (
          <span className={classes.tags}>
            {connection} <EnvironmentTag slug={environment} isProtected={kind === 'protected'} />
          </span>
        )}
        cell={({ effects }, effect) => {
          const found = effects.find((each) => each.effect === effect);
          if (found === undefined) return <span className={classes.soft}>nobody</span>;
          return <OutcomeTag outcome={OUTCOME_OF[found.mildest]} detail={`${found.clients}`} />;
        }}
      />
    </Section>
  );
}
