import { EFFECTS } from '@writ/core';
import { useApi } from '../../api/queries.ts';
import { Environment } from '../../parts/environment.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { Ready } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './connections.module.css';

/** What the root credential of a connection is good for and no grant uses: as much as a narrower one could leave out. */
export function Unused({ slug }: { readonly slug: string }) {
  const unused = useApi('connections.unused', { connection: slug });
  return (
    <Section
      title="What no grant uses of it"
      about="What the root credential could do beyond what agents are granted. A narrower one would leave it out."
    >
      <Ready query={unused}>
        {({ environments, operations, wider }) => (
          <>
            {wider.length === 0 ? (
              <span>Every environment and every effect is granted to somebody.</span>
            ) : (
              <ul className={classes.sentences}>
                {wider.map((sentence) => (
                  <li key={sentence}>
                    <Inert text={sentence} />
                  </li>
                ))}
              </ul>
            )}
            <table className={classes.changes} aria-label="Operations granted, by effect">
              <tbody>
                {EFFECTS.map((effect) => {
                  const { granted = 0, all = 0 } = operations[effect] ?? {};
                  return (
                    <tr key={effect}>
                      <th scope="row">
                        <EffectTag effect={effect} />
                      </th>
                      <td>
                        {granted} of {all} operations granted
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {environments.length === 0 ? null : (
              <span className={classes.tags}>
                <span className={classes.soft}>Reached by no grant:</span>
                {environments.map((environment) => (
                  <Environment key={environment} connection={slug} slug={environment} />
                ))}
              </span>
            )}
          </>
        )}
      </Ready>
    </Section>
  );
}
