import type { EnvironmentSelector } from '@writ/core';
import { Id } from './copy.tsx';
import { Fold } from './fold.tsx';
import type { Provider } from './providers.ts';
import classes from './selected.module.css';

/** How many ids are shown unfolded. */
const FEW = 4;

interface SelectedProps {
  readonly selector: EnvironmentSelector;
  /** Tells what the fields mean; until it is known, the ids stand alone. */
  readonly provider: Provider | undefined;
}

/** What a selector selects at the provider: every id, to be copied and compared with what the provider shows. */
export function Selected({ selector, provider }: SelectedProps) {
  return (
    <span className={classes.selected}>
      {Object.entries(selector).map(([name, ids]) => {
        const field = provider?.selector_fields.find((each) => each.name === name);
        const all = ids.map((id) => <Id key={id} id={id} what={`the id of the ${field?.id_of ?? 'environment'}`} />);
        return (
          <span key={name} className={classes.selected}>
            {field?.ephemeral ? <span className={classes.soft}>{field.title}</span> : null}
            {all.slice(0, FEW)}
            {all.length <= FEW ? null : (
              <Fold summary={`${all.length - FEW} more`}>
                <span className={classes.selected}>{all.slice(FEW)}</span>
              </Fold>
            )}
          </span>
        );
      })}
    </span>
  );
}
