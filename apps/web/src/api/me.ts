import { isAtLeast, type OutputOf, type Role } from '@writ/api';
import { createContext, useContext } from 'react';

/** Who is signed in, as the API says. */
export type Me = OutputOf<'me.get'>;

export const MeContext = createContext<Me | undefined>(undefined);

/** Who is signed in. Only below the frame of signed-in pages. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error('nobody is signed in here');
  return me;
}

/** Tells whether the person may do what `least` may. The API is the judge; the page only agrees with it. */
export function useMay(least: Role): boolean {
  return isAtLeast(useMe().role, least);
}
