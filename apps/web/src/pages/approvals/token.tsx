import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import rows from '../../parts/rows.module.css';
import { Scopes } from '../../parts/scope.tsx';
import { EffectTag, EnvironmentTag, OUTCOME_OF, OutcomeTag } from '../../parts/tags.tsx';
import classes from './approvals.module.css';
import look from './shown.module.css';
import { lengthOf } from './words.ts';

type Token = NonNullable<Approval['token']>;

/** What a token would be good for: what is asked, what of it no grant covers, and what it would reach, the worst first. */
export function TokenAsked({ token }: { readonly token: Token }) {
  const { authorization_details, beyond, given, reaches, reaches_more, expires_in, bound, resource } = token;
  return (
    <>
      <Section title="What it would reach" about="The guardrails still act on every request that is sent with it.">
        <ul className={rows.rows}>
          {reaches.map(({ connection, operation, effect, environments, environments_more, protected_more = 0 }) => (
            <li key={`${connection} ${operation} ${effect}`}>
              <EffectTag effect={effect} />
              <code>{<Inert text={operation} />}</code>
              <span className={classes.tags}>
                {environments.map(({ slug, kind, outcome }) => (
                  <span key={slug} className={look.place}>
                    <EnvironmentTag slug={slug} isProtected={kind === 'protected'} />
                    <OutcomeTag outcome={OUTCOME_OF[outcome]} />
                  </span>
                ))}
                {environments_more > 0 ? (
                  <span className={protected_more > 0 ? undefined : classes.faint}>
                    and {environments_more} more{protected_more > 0 ? `, ${protected_more} of them protected` : ''}
                  </span>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
        {reaches_more > 0 ? (
          <p className={classes.small}>And {reaches_more} more operations, no worse than these.</p>
        ) : null}
      </Section>
      <Section title="What it asks for">
        <Facts
          facts={[
            ['Asked', <Scopes key="asked" details={authorization_details} />],
            ['Beyond its grants', beyond.length === 0 ? 'nothing' : <Codes key="beyond" codes={beyond} />],
            ...(given === null ? [] : [['Given', <Scopes key="given" details={given} />] as const]),
            ['Lives', `${lengthOf(expires_in)}, from when the client comes for it`],
            ['Bound', bound ? 'to the key that asked' : 'to no key: whoever has it can use it'],
            ['Good at', <Inert key="resource" text={resource} />],
          ]}
        />
      </Section>
    </>
  );
}

function Codes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <ul className={classes.plainList}>
      {codes.map((code) => (
        <li key={code}>
          <code>{<Inert text={code} />}</code>
        </li>
      ))}
    </ul>
  );
}
