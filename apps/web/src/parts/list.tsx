import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import classes from './list.module.css';
import { Failure, Loading, Working } from './states.tsx';

interface Column<T> {
  readonly name: string;
  /** `120px`, `30%`; without one, it takes its part of what is left. */
  readonly width?: string;
  readonly cell: (item: T) => ReactNode;
}

interface ListProps<T> {
  /** What is listed, for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  readonly list: {
    readonly items: readonly T[] | undefined;
    readonly more: (() => void) | undefined;
    readonly hasMore: boolean;
    readonly query: {
      readonly error: unknown;
      readonly refetch: () => unknown;
      readonly fetchNextPage: () => unknown;
      readonly isFetchingNextPage: boolean;
      readonly isFetchNextPageError: boolean;
    };
  };
  readonly empty: ReactNode;
}

/** How many rows are made beyond those on screen. */
const BEYOND = 12;
const ROW = 44;

/**
 * A list of any length: only the rows on screen are made, further pages are read as the end comes near. On a narrow screen each row is a
 * card, whose values name their columns.
 */
export function List<T>({ label, columns, keyOf, list, empty }: ListProps<T>) {
  const { items, more, hasMore, query } = list;
  const place = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  // The place in the document, which what stands above may move: a table part's own offset is only that within its table.
  useLayoutEffect(() => {
    if (place.current !== null) setTop(Math.round(place.current.getBoundingClientRect().top + window.scrollY));
  });
  const rows = useWindowVirtualizer({
    count: items?.length ?? 0,
    estimateSize: () => ROW,
    overscan: BEYOND,
    scrollMargin: top,
    getItemKey: (index) => (items?.[index] === undefined ? index : keyOf(items[index])),
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const isNearEnd = items !== undefined && last >= items.length - 2 * BEYOND;
  useEffect(() => {
    if (isNearEnd) more?.();
  }, [isNearEnd, more]);
  if (items === undefined)
    return query.error ? <Failure error={query.error} retry={() => void query.refetch()} /> : <Loading lines={6} />;
  // A page may hold nothing that is listed here: whether there is nothing is known at the end.
  if (items.length === 0 && !hasMore) return empty;
  if (items.length === 0)
    return query.isFetchNextPageError ? (
      <Failure error={query.error} retry={() => void query.fetchNextPage()} />
    ) : (
      <Loading lines={6} />
    );
  const above = (shown[0]?.start ?? 0) - rows.options.scrollMargin;
  const below = rows.getTotalSize() - ((shown.at(-1)?.end ?? 0) - rows.options.scrollMargin);
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={label} aria-rowcount={hasMore ? -1 : items.length + 1}>
        <colgroup>
          {columns.map(({ name, width }) => (
            <col key={name} style={{ width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={place}>
          <Space height={above} />
          {shown.map(({ index, key }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              <tr key={key} ref={rows.measureElement} data-index={index} aria-rowindex={index + 2}>
                {columns.map(({ name, cell }) => (
                  <td key={name} data-name={name}>
                    {cell(item)}
                  </td>
                ))}
              </tr>
            );
          })}
          <Space height={below} />
        </tbody>
      </table>
      {query.isFetchingNextPage ? (
        <div className={classes.more}>
          <Working what="Reading more ..." />
        </div>
      ) : null}
      {query.isFetchNextPageError ? (
        <div className={classes.more}>
          <Failure error={query.error} retry={() => void query.fetchNextPage()} />
        </div>
      ) : null}
    </div>
  );
}

/** The room of the rows that are not made. */
function Space({ height }: { readonly height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}
