import { type RefObject, useLayoutEffect, useRef } from 'react';

/** For a row of tabs that scrolls where it is narrow: the one that is open is seen in it. */
export function useTabInView(tab: string): RefObject<HTMLDivElement | null> {
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const open = row.current?.querySelector<HTMLElement>(`[role=tab][id$="-tab-${CSS.escape(tab)}"]`);
    if (open && row.current)
      row.current.scrollLeft = open.offsetLeft - (row.current.clientWidth - open.offsetWidth) / 2;
  }, [tab]);
  return row;
}
